// A list (data-rows) is one stop for Tab: arrows lead from row to row and, within one, to what can be
// done with it; Home and End to its ends. The stop is the row that is open, or had the focus last.
import { isTyped } from "../common/dom.js";

const LISTS = "[data-rows]";
const CAN_HAVE = "a[href], button, summary, input:not([type=hidden])";

export const rows = () => [...document.querySelectorAll(`${LISTS} > li`)];
// What a row asks before it acts is gone through by Tab, as any form.
const rowOf = (element) => (element?.closest?.("details[open] > form") ? null : element?.closest?.(`${LISTS} > li`));
const itemsOf = (row) => [...row.querySelectorAll(CAN_HAVE)].filter((item) => !item.disabled && item.checkVisibility());

// What a row is opened by.
export const mainOf = (row) => row.querySelector(".row-link, .queue-title, .line-title") ?? itemsOf(row)[0];

const setStop = (item, tabIndex) => {
  if (item.tabIndex !== tabIndex) item.tabIndex = tabIndex;
};

let stop = null; // where Tab stops

export const stopOfRows = () => (stop?.isConnected ? stop : null);

function rove() {
  const all = rows();
  if (!all.length) return;
  const active = rowOf(document.activeElement);
  const open = document.querySelector(`${LISTS} [aria-current]`);
  stop = active ? document.activeElement : (stopOfRows() ?? open ?? mainOf(all[0]));
  for (const row of all)
    for (const item of row.querySelectorAll(CAN_HAVE)) setStop(item, item === stop || !rowOf(item) ? 0 : -1);
}

// Of a row above or below, what stands where the focus stood in this one.
function beside(item, by) {
  const all = rows();
  const here = rowOf(item);
  const row = all[all.indexOf(here) + by];
  if (!row) return null;
  const kind = item.id.split("-")[0]; // tick-12, open-12, act-12
  return itemsOf(row).find((one) => kind && one.id.startsWith(`${kind}-`)) ?? mainOf(row);
}

function within(item, by) {
  const items = itemsOf(rowOf(item));
  return items[items.indexOf(item) + by];
}

const ARROWS = {
  ArrowDown: (item) => beside(item, 1),
  ArrowUp: (item) => beside(item, -1),
  ArrowRight: (item) => within(item, 1),
  ArrowLeft: (item) => within(item, -1),
  Home: () => mainOf(rows()[0]),
  End: () => mainOf(rows().at(-1)),
};

document.addEventListener("keydown", (event) => {
  const lead = ARROWS[event.key];
  if (!lead || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || isTyped(event)) return;
  if (!rowOf(event.target)) return;
  event.preventDefault();
  const to = lead(event.target);
  to?.focus({ preventScroll: true });
  rowOf(to)?.scrollIntoView({ block: "nearest" });
});
document.addEventListener("focusin", ({ target }) => {
  if (!rowOf(target)) return;
  if (stop) stop.tabIndex = -1;
  stop = target;
  stop.tabIndex = 0;
});
document.addEventListener("htmx:after:swap", rove);
document.addEventListener("toggle", rove, true);
rove();
