// A piece in the hand. The time at which it would go out stands beside the pointer. At the edges
// the board scrolls, and after a while turns to the next or previous page.
import { byId } from "../common/dom.js";
import { refuse } from "../common/server.js";
import { entryOf, placeOf, setCarrying } from "./board.js";
import { ASIDE, drop, label, stays, targetAt } from "./drag.js";
import { hidePeek, peekLater } from "./peek.js";
import { turn } from "./turn.js";
import { hideAll } from "./whole-day.js";

const EDGE = 36; // px from the edge: scrolls
const TURN_AFTER = 700; // ms at an edge that cannot scroll
const CLICK_WITHIN = 350; // ms
let carried = null;
let quietUntil = 0;

// Whether a click is the end of a carry, which opens nothing.
export const isEndOfCarry = () => performance.now() <= quietUntil;

// No class says so on the whole page: with each carry and each drop the style of every element on
// it would be reckoned anew, which takes longer than the drop itself. The piece captures the
// pointer, so the hand that is shown is the piece's.
export function begin(entry, x, y, pointer) {
  const isTouch = pointer === undefined;
  const box = entry.getBoundingClientRect();
  const ghost = ghostOf(entry, box);
  standAside(true);
  entry.classList.add("is-carried");
  if (!isTouch && entry.isConnected) entry.setPointerCapture(pointer);
  const hand = { x, y, dx: Math.min(x - box.left, 200), dy: y - box.top, isTouch, insert: false };
  carried = { entry, ghost, ...hand, from: placeOf(entry), target: null, edge: "", edgeSince: 0 };
  setCarrying(true);
  hidePeek();
  requestAnimationFrame(step);
}

function ghostOf(entry, box) {
  const ghost = entry.cloneNode(true);
  ghost.removeAttribute("id");
  ghost.className = `${entry.className} ghost`;
  ghost.style.inlineSize = `${Math.min(box.width, 256)}px`;
  document.body.append(ghost);
  return ghost;
}

function standAside(isCarried) {
  for (const element of document.querySelectorAll(ASIDE)) element.classList.toggle("is-aside", isCarried);
}

// Where the hand is now ({ x, y }), and whether it inserts.
export function follow(hand) {
  if (carried) Object.assign(carried, hand);
}

// Once per frame: the ghost, the target, the edges.
function step(now) {
  if (!carried) return;
  const { ghost, from, insert, x, y, dx, dy } = carried;
  ghost.style.translate = `${x - dx}px ${y - dy}px`;
  const target = targetAt(x, y);
  mark(target);
  const note = byId("drag-note");
  note.textContent = label(from, target, insert);
  note.hidden = !note.textContent;
  note.classList.toggle("is-no", Boolean(target?.isPast));
  const left = Math.min(x - dx, innerWidth - note.offsetWidth - 8);
  note.style.translate = `${left}px ${Math.max(4, y - dy - (carried.isTouch ? 48 : 28))}px`;
  atEdge(now, target);
  requestAnimationFrame(step);
}

function mark(target) {
  const old = carried.target;
  carried.target = target;
  if (old?.element === target?.element) return;
  old?.element?.classList.remove("is-target", "is-refused");
  target?.element?.classList.add(target.isPast ? "is-refused" : "is-target");
}

// -- edges
function atEdge(now, target) {
  const edge = edgeAt(target);
  if (edge !== carried.edge) Object.assign(carried, { edge, edgeSince: now });
  if (!edge || now - carried.edgeSince < TURN_AFTER) return;
  carried.edgeSince = now + TURN_AFTER; // the next page wants to be asked for anew
  turn(byId(edge).href).catch((problem) => refuse(problem, () => {}));
}

// The id of the link to the page beyond, where the hand is on it or nothing can be scrolled.
function edgeAt(target) {
  const board = byId("board");
  const scroller = board.scrollHeight > board.clientHeight + 1 ? board : byId("main");
  const box = board.getBoundingClientRect();
  const top = Math.max(box.top, 0);
  const bottom = Math.min(box.bottom, innerHeight);
  const isInside = carried.x > box.left && carried.x < box.right;
  if (isInside && carried.y < top + EDGE) return scroll(scroller, -1) ? "" : "previous";
  if (isInside && carried.y > bottom - EDGE) return scroll(scroller, 1) ? "" : "next";
  return target?.turn ? target.turn.id : "";
}

function scroll(element, way) {
  const before = element.scrollTop;
  element.scrollTop += way * 9;
  return element.scrollTop !== before;
}

// -- the end
function end() {
  const carry = carried;
  carried = null;
  carry.ghost.remove();
  carry.entry.classList.remove("is-carried");
  carry.target?.element?.classList.remove("is-target", "is-refused");
  standAside(false);
  byId("drag-note").hidden = true;
  setCarrying(false);
  if (!carry.isTouch) quietUntil = performance.now() + CLICK_WITHIN; // a finger's click was prevented
  return carry;
}

export function letGo() {
  mark(targetAt(carried.x, carried.y));
  const { entry, from, target, insert } = end();
  if (stays(from, target)) return;
  peekLater();
  hideAll();
  drop(entryOf(from.id) ?? entry, target, { from, insert });
}

export function cancel() {
  if (carried) end();
}
