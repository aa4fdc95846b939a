// The details of a piece, which appear over the calendar: under the mouse, with the keyboard on it,
// or at a tap. What its buttons do stands in peek-acts.js.
import { byId } from "../common/dom.js";
import { askText } from "../common/server.js";
import { address } from "./address.js";
import { isCarrying } from "./board.js";

const OVER = 350; // ms with the mouse on a piece
const FOCUSED = 700; // ms with the keyboard on it
const AFTER_CARRY = 1500; // ms in which nothing appears over what was just moved
const LEAVE = 200; // ms in which the mouse may go over to the details
const peek = () => byId("peek");
const known = new Map(); // id → the details, until something is drawn anew
let timer = null;
let shown = null;
let carriedAt = -AFTER_CARRY;

export const isPeeking = () => peek().matches(":popover-open");
export const peekedAt = () => shown;
export const forgetDetails = (id) => known.delete(id);
export const peekLater = () => {
  carriedAt = performance.now();
};

// Beside the element, or where there is room.
export function putBeside(box, element) {
  const near = element.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  const right = near.right + 6 + width < innerWidth;
  const left = right ? near.right + 6 : Math.max(8, near.left - width - 6);
  const fits = right || near.left - width - 6 >= 8;
  const below = near.bottom + 6 + height < innerHeight ? near.bottom + 6 : Math.max(8, near.top - height - 6);
  const top = fits ? Math.min(near.top, innerHeight - height - 8) : below;
  box.style.left = `${fits ? left : Math.max(8, Math.min(near.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, top)}px`;
}

// The piece may be drawn anew while its details are on their way.
async function show({ id: mark, dataset: { id } }) {
  if (!known.has(id)) {
    try {
      known.set(id, await askText(address(`/pieces/${id}`), { isQuiet: true }));
    } catch {
      return; // nothing was asked for
    }
  }
  const entry = byId(mark);
  if (shown?.id !== mark || !entry || isCarrying()) return;
  shown = entry;
  peek().innerHTML = known.get(id);
  if (!isPeeking()) peek().showPopover();
  putBeside(peek(), entry);
  entry.setAttribute("aria-describedby", "peek");
}

function soon(entry, after) {
  clearTimeout(timer);
  if (shown === entry && isPeeking()) return;
  shown = entry;
  timer = setTimeout(() => show(entry), after);
}

export function hidePeek() {
  clearTimeout(timer);
  shown?.removeAttribute("aria-describedby");
  shown = null;
  if (isPeeking()) peek().hidePopover();
}

document.addEventListener("pointerover", (event) => {
  if (event.pointerType !== "mouse" || isCarrying()) return;
  const entry = event.target.closest?.(".entry");
  if (entry) soon(entry, performance.now() - carriedAt < AFTER_CARRY ? AFTER_CARRY : OVER);
  else if (event.target.closest?.("#peek")) clearTimeout(timer);
  else if (shown && shown !== document.activeElement) {
    clearTimeout(timer);
    timer = setTimeout(hidePeek, LEAVE);
  }
});
document.addEventListener("focusin", (event) => {
  const entry = event.target.closest?.(".entry");
  if (entry?.matches(":not([data-quiet] *):focus-visible")) soon(entry, FOCUSED);
  else if (!event.target.closest?.("#peek") && entry?.id !== shown?.id) hidePeek();
});

// A finger has nothing to hover with: a tap shows the details, and from there the piece.
document.addEventListener("click", (event) => {
  const entry = event.target.closest(".entry");
  if (!entry || event.pointerType !== "touch") return;
  event.preventDefault();
  hidePeek();
  soon(entry, 0);
});

// -- it goes with what lay below it
document.addEventListener("pointerdown", (event) => event.target.closest?.("#peek") || hidePeek());
document.addEventListener("scroll", (event) => event.target === peek() || hidePeek(), true);
document.addEventListener("calendar:turned", hidePeek);
document.addEventListener("calendar:drawn", () => {
  known.clear();
  if (!shown || shown.isConnected) return;
  if (byId(shown.id)) show(shown);
  else hidePeek();
});
