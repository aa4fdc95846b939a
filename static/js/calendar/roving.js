// One stop for Tab in the board, one in the tray and one in a whole day; arrows go on from there.
import { days, root } from "./board.js";

export const GROUPS = "#days, #tray-cards, #whole-day";
export const ITEMS = ".entry, .more-of-day";

const setStop = (item, tabIndex) => {
  if (item.tabIndex !== tabIndex) item.tabIndex = tabIndex;
};

export function rove() {
  for (const name of document.querySelectorAll(".day-name")) setStop(name, -1);
  for (const group of document.querySelectorAll(GROUPS)) {
    const items = [...group.querySelectorAll(ITEMS)];
    const stop =
      items.find((item) => item === document.activeElement) ??
      group.querySelector(".is-today .entry, .day:not(.is-past) .entry") ??
      items[0];
    for (const item of items) setStop(item, item === stop ? 0 : -1);
  }
}

export const stopOfDays = () => [...document.querySelectorAll("#days .entry")].find((entry) => entry.tabIndex === 0);

document.addEventListener("calendar:drawn", rove);
document.addEventListener("focusin", (event) => {
  const group = event.target.closest?.(GROUPS);
  if (!group || !event.target.matches(ITEMS)) return;
  for (const item of group.querySelectorAll('[tabindex="0"]')) item.tabIndex = -1;
  event.target.tabIndex = 0;
});

// The item that an arrow leads to: within its day or tray, else on the next day that has some.
export function neighbour(item, key) {
  const day = item.closest(".day");
  const here = [...(day ?? item.parentElement).querySelectorAll(ITEMS)];
  const way = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
  const isVertical = key === "ArrowUp" || key === "ArrowDown";
  const at = here.indexOf(item);
  if ((isVertical || !day) && here[at + way]) return here[at + way];
  if (!day) return null;
  const there = itemsBeyond(day, isVertical && "grid" in root().dataset ? 7 * way : way);
  if (!isVertical) return there[Math.min(at, there.length - 1)];
  return there.at(way < 0 ? -1 : 0);
}

function itemsBeyond(day, by) {
  const all = days();
  for (let n = all.indexOf(day) + by; all[n]; n += by) {
    const items = [...all[n].querySelectorAll(ITEMS)];
    if (items.length) return items;
  }
  return [];
}
