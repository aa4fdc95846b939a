// Which piece is open, and opening the next one: by key, by click, after a decision.
import { byId } from "../common/dom.js";

const PIECE = /^\/review\/(\d+)$/;
const links = () => [...document.querySelectorAll("#list .row-link")];
const openedByAddress = () => location.pathname.match(PIECE)?.[1];

export const openId = () => openedByAddress() ?? document.querySelector("[data-piece]")?.dataset.piece;

function mark() {
  const id = openId();
  for (const link of links()) {
    if (link.id === `open-${id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.screen = openedByAddress() ? "review-open" : "review";
}

// The rows before and after the open one; the button for more pieces stands after the last.
export function neighbour(by) {
  const all = links();
  const at = all.findIndex((link) => link.hasAttribute("aria-current"));
  return all[at + by] ?? (by > 0 && at === all.length - 1 ? byId("next-page") : null);
}

export function step(by) {
  const next = neighbour(by);
  if (!next) return false;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  next.click();
  return true;
}

// After a decision the next piece opens; after the last one, its own row has the focus.
function goOn({ detail: { id } }) {
  if (String(id) !== openId() || step(1)) return;
  byId(`open-${id}`)?.focus();
}
document.addEventListener("decided", goOn);
document.addEventListener("scheduled", goOn);

document.addEventListener("htmx:after:swap", (event) => {
  mark();
  if (event.detail?.ctx?.target?.id === "pane") byId("pane").scrollTop = 0;
});
document.addEventListener("htmx:after:history:push", mark);
mark();
