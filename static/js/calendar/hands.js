// Taking a piece with the mouse, or with a finger after holding it for a moment.
import { byId } from "../common/dom.js";
import { isCarrying, mayMove } from "./board.js";
import { begin, cancel, follow, isEndOfCarry, letGo } from "./carry.js";

const HOLD = 150; // ms that a finger rests before it carries
const SLACK = 8; // px that it may move meanwhile
const START = 4; // px that the mouse moves before it carries
let held = null; // what may become a carry: entry, x, y

function grabbed(event) {
  const entry = event.target.closest?.(".entry");
  return mayMove(entry) ? entry : null;
}

// The piece may have been drawn anew since it was pressed.
function take({ entry, x, y }, pointer) {
  held = null;
  const there = entry.isConnected ? entry : byId(entry.id);
  if (there) begin(there, x, y, pointer);
}

function release() {
  clearTimeout(held?.timer);
  held = null;
}

// -- mouse and pen
document.addEventListener("pointerdown", (event) => {
  if (event.pointerType === "touch" || event.button !== 0) return;
  const entry = grabbed(event);
  if (entry) held = { entry, x: event.clientX, y: event.clientY };
});
document.addEventListener("pointermove", (event) => {
  if (event.pointerType === "touch") return;
  if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > START) take(held, event.pointerId);
  follow({ x: event.clientX, y: event.clientY, insert: event.shiftKey });
});
document.addEventListener("pointerup", (event) => {
  if (event.pointerType === "touch") return;
  held = null;
  if (!isCarrying()) return;
  follow({ x: event.clientX, y: event.clientY, insert: event.shiftKey });
  letGo();
});
// Where something of the page is selected, the browser would carry its words: no element is their target.
document.addEventListener("dragstart", (event) => {
  if (held || isCarrying() || event.target.closest?.(".entry")) event.preventDefault();
});
document.addEventListener("pointercancel", (event) => event.pointerType !== "touch" && drawBack());

// -- fingers. The listeners hang on the piece itself, which may leave the page while it is carried.
document.addEventListener("touchstart", touched, { passive: true });

function touched(event) {
  const entry = event.touches.length === 1 ? grabbed(event) : null;
  if (!entry) {
    release();
    return;
  }
  const { clientX: x, clientY: y } = event.touches[0];
  held = { entry, x, y, timer: setTimeout(() => take({ entry, x, y }), HOLD) };
  entry.addEventListener("touchmove", slide, { passive: false });
  entry.addEventListener("touchend", lift);
  entry.addEventListener("touchcancel", drawBack);
}

function slide(event) {
  const { clientX: x, clientY: y } = event.touches[0];
  if (held && Math.hypot(x - held.x, y - held.y) > SLACK) release();
  if (!isCarrying()) return;
  event.preventDefault();
  follow({ x, y });
}

function lift(event) {
  release();
  if (!isCarrying()) return;
  event.preventDefault();
  letGo();
}

function drawBack() {
  release();
  cancel();
}

// -- while something is carried
document.addEventListener("contextmenu", (event) => (held?.timer || isCarrying()) && event.preventDefault());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isCarrying()) drawBack();
  if (event.key === "Shift") follow({ insert: true });
});
document.addEventListener("keyup", (event) => {
  if (event.key === "Shift") follow({ insert: false });
});
addEventListener("blur", drawBack);
document.addEventListener(
  "click",
  (event) => {
    if (!isEndOfCarry() || !event.target.closest(".entry, .day, .tray")) return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
