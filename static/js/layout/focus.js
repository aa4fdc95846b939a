// The focus is never lost. When what had it goes (drawn anew, moved, closed, disabled), it goes on to
// the nearest that is left: the same element or piece, the row that stands in its place, a home around
// it (data-focus-home), what had the focus before, the list, the page's heading. A page opens with it in its
// list or on its heading, so that its keys work at once, and never on a button: Enter would press it.
import { byId, isTyped } from "../common/dom.js";
import { mainOf, rows, stopOfRows } from "./rows.js";

const REMEMBERED = 12;
const CAN_HAVE = "a[href], button, input, select, textarea, summary, [tabindex]";
// Nobody is led back there: what leaves by itself, and fields, where keys would be typed.
const PASSES = "#toasts *, dialog *, input:not([type=checkbox]), textarea, select";
const trail = []; // what had the focus, the newest last

const isThere = (element) => element?.isConnected && element.checkVisibility() && !element.matches(":disabled");

function remember(element) {
  const homes = [];
  for (let home = element; home; home = home.parentElement) if ("focusHome" in home.dataset) homes.push(home.id);
  const row = rows().findIndex((one) => one.contains(element));
  const piece = element.closest("[data-id]")?.dataset.id;
  trail.push({ element, id: element.id, piece, row, homes, passes: element.matches(PASSES) });
  if (trail.length > REMEMBERED) trail.shift();
}

// In the order in which they are tried.
function* successors({ id, piece, row, homes }) {
  yield byId(id);
  if (piece) yield document.querySelector(`[data-id="${CSS.escape(piece)}"]`);
  const all = rows();
  if (row >= 0 && all.length) yield mainOf(all[Math.min(row, all.length - 1)]);
  for (const home of homes) yield byId(home);
  for (const before of trail.toReversed())
    if (!before.passes) yield isThere(before.element) ? before.element : byId(before.id);
  yield stopOfRows();
  yield document.querySelector("main h1, main h2");
}

function give(target) {
  if (!target.matches(CAN_HAVE)) target.tabIndex = -1;
  target.focus({ preventScroll: true });
  return document.activeElement === target;
}

const hasFocus = () => document.activeElement && !document.activeElement.matches("body, #main");

function goOn() {
  const last = trail.at(-1);
  if (!last || hasFocus() || (isThere(last.element) && last.element.matches(CAN_HAVE))) return;
  if (document.querySelector("dialog:modal")) return; // it takes the focus by itself
  for (const target of successors(last)) if (isThere(target) && give(target)) return;
}

document.addEventListener("focusin", ({ target }) => {
  if (target.id !== "main") remember(target);
});
// Whoever holds a key down meant what had the focus when it was pressed.
document.addEventListener(
  "keydown",
  (event) => event.repeat && ["Enter", " "].includes(event.key) && !isTyped(event) && event.preventDefault(),
  true,
);
new MutationObserver(goOn).observe(document.body, {
  subtree: true,
  childList: true,
  attributes: true,
  attributeFilter: ["disabled", "hidden", "open"],
});
document.addEventListener("toggle", goOn, true);

// -- opening. It is not drawn around the focus until a key is pressed.
export function openAt(target) {
  if (!target || document.activeElement !== document.body || location.hash) return;
  document.body.dataset.quiet = "";
  give(target);
  document.addEventListener("keydown", () => delete document.body.dataset.quiet, { once: true, capture: true });
}

function open() {
  if (document.querySelector("[autofocus]")) return;
  const wrong = document.querySelector('main [aria-invalid="true"]');
  const stop = stopOfRows();
  openAt(wrong ?? (stop?.matches("button") ? null : stop) ?? document.querySelector("main h1"));
}
document.addEventListener("DOMContentLoaded", open);
