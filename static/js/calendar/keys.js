// The calendar by keyboard. Arrows go from piece to piece; with Shift they move the piece, each
// after the one before. M asks where to, Delete takes it off the calendar, Escape closes.
import { entryOf, isCarrying, mayMove, placeOf, root } from "./board.js";
import { askWhere, drop } from "./drag.js";
import { GROUPS, ITEMS, neighbour } from "./roving.js";
import { hideTop } from "./whole-day.js";

const LAST = 1425; // 23:45, in minutes
let queue = Promise.resolve();
let moving = null; // the id of the piece, also while it is between two pages

function nudge(id, key) {
  moving = id;
  const mine = queue.then(() => {
    const entry = entryOf(id);
    const to = mayMove(entry) ? target(placeOf(entry), key) : null;
    return to && drop(entry, to, { follow: true });
  });
  queue = mine;
  mine.finally(() => {
    if (queue === mine) moving = null;
  });
}

// Where Shift and the arrow lead: a quarter of an hour in a week, else a day or a week.
function target({ day, time }, key) {
  const way = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
  const isVertical = key === "ArrowUp" || key === "ArrowDown";
  if (!day) return null;
  if (isVertical && root().dataset.view === "week") return time ? { day, time: shifted(time, way * 15) } : null;
  const date = new Date(`${day}T00:00Z`);
  date.setUTCDate(date.getUTCDate() + way * (isVertical ? 7 : 1));
  return { day: date.toISOString().slice(0, 10), time: "" };
}

function shifted(time, minutes) {
  const [hour, minute] = time.split(":").map(Number);
  const total = Math.min(LAST, Math.max(0, hour * 60 + minute + minutes));
  return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
}

function toEnd(item, place) {
  [...item.closest(GROUPS).querySelectorAll(ITEMS)].at(place).focus();
}

// What a key does to an item of the board: null if nothing.
function actOf({ key, shiftKey }, item) {
  if (key.startsWith("Arrow")) {
    if (!shiftKey) return () => neighbour(item, key)?.focus();
    return () => item.dataset.id && nudge(item.dataset.id, key);
  }
  if (key === "Home") return () => toEnd(item, 0);
  if (key === "End") return () => toEnd(item, -1);
  if (key === "m" || key === "M") return () => mayMove(item) && askWhere(item);
  if (key === "Delete" || key === "Backspace") return () => mayMove(item) && drop(item, { day: "" }, { follow: true });
  return null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !isCarrying()) hideTop();
  const item = event.target.closest?.(ITEMS);
  const isOfMoving = moving && (!item || item.dataset.id === moving); // else another piece has the focus
  if (isOfMoving && event.shiftKey && event.key.startsWith("Arrow")) {
    event.preventDefault();
    nudge(moving, event.key);
    return;
  }
  if (!item || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = actOf(event, item);
  if (!act) return;
  act();
  event.preventDefault();
});
