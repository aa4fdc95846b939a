// Who has had a piece before them for a while has seen it: what changes after that can be shown to them
// (`data-look` names where that is remembered).
import { csrf } from "../common/dom.js";

const A_WHILE = 3000; // ms
let waiting;
let told = "";

function begin() {
  const piece = document.querySelector("[data-look]");
  clearTimeout(waiting);
  if (piece && piece.dataset.look !== told) waiting = setTimeout(() => tell(piece), A_WHILE);
}

// Nobody waits for it, and nobody need know that it failed.
function tell(piece) {
  if (!piece.isConnected || document.hidden) return;
  const [address] = piece.dataset.look.split("#");
  told = piece.dataset.look;
  const headers = { "X-Page-Of": document.body.dataset.pageOf };
  fetch(address, { method: "POST", headers, body: new URLSearchParams({ _csrf: csrf() }) }).catch(() => {});
}

begin();
document.addEventListener("htmx:after:swap", begin);
document.addEventListener("visibilitychange", begin);
