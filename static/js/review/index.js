// The review list: j/k to move, / to search, ticks for several at once, the open piece marked.
import { byId, isShortcut } from "../common/dom.js";

const PIECE = /^\/review\/(\d+)$/;
const links = () => [...document.querySelectorAll("#list .row-link")];

// -- the open piece
function mark() {
  const opened = location.pathname.match(PIECE)?.[1];
  const id = opened ?? document.querySelector("[data-piece]")?.dataset.piece;
  for (const link of links()) {
    if (link.id === `open-${id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  document.body.dataset.screen = opened ? "review-open" : "review";
}

function step(by) {
  const all = links();
  const at = all.findIndex((link) => link.hasAttribute("aria-current"));
  const next = all[at + by] ?? (by > 0 && at === all.length - 1 ? byId("next-page") : null);
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event)) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "/") byId("q").focus();
  else return;
  event.preventDefault();
});

// -- ticks
const ticks = () => [...document.querySelectorAll('#list input[name="id"]:not(:disabled)')];

function count() {
  const bulk = document.querySelector("[data-bulk]");
  if (!bulk) return;
  const possible = ticks().length;
  const ticked = ticks().filter((tick) => tick.checked).length;
  const all = bulk.querySelector("[data-tick-all]");
  bulk.querySelector("[data-ticked]").textContent = ticked ? String(ticked) : "selected";
  bulk.querySelector("button").disabled = ticked === 0;
  all.checked = ticked > 0 && ticked === possible;
  all.indeterminate = ticked > 0 && ticked < possible;
  all.disabled = possible === 0;
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick-all]")) for (const tick of ticks()) tick.checked = target.checked;
  if (target.matches("[data-tick-all], input[name='id']")) count();
});

// -- after every swap
document.addEventListener("htmx:after:swap", (event) => {
  mark();
  count();
  if (event.detail?.ctx?.target?.id === "pane") byId("pane").scrollTop = 0;
});
document.addEventListener("htmx:after:history:push", mark);
mark();
count();
