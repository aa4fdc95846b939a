// Ticks in the queue: how many, and what can be done with them.
import { byId } from "../common/dom.js";

const ticks = () => [...document.querySelectorAll('#queue input[name="id"]')];

export function clear() {
  for (const tick of ticks()) tick.checked = false;
  count();
}

export function count() {
  const bulk = byId("bulk");
  const all = bulk?.querySelector("[data-tick-all]");
  if (!all) return;
  const chosen = ticks().filter((tick) => tick.checked);
  for (const act of bulk.querySelectorAll("[data-bulk-act]")) offer(act, chosen);
  bulk.querySelector("[data-selected-count]").textContent = chosen.length ? `${chosen.length} selected` : "";
  bulk.dataset.selected = String(chosen.length);
  all.checked = chosen.length > 0 && chosen.length === ticks().length;
  all.indeterminate = chosen.length > 0 && !all.checked;
}

// An act is shown where one of the ticked rows can do it, with how many where not all can.
function offer(act, chosen) {
  const able = chosen.filter((tick) => tick.dataset.acts.split(" ").includes(act.dataset.bulkAct));
  act.hidden = able.length === 0;
  act.querySelector("[data-number]").textContent = able.length < chosen.length ? `${able.length}` : "";
  if (act.hidden) act.removeAttribute("open");
}

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-tick-all]")) for (const tick of ticks()) tick.checked = target.checked;
  if (target.matches("[data-tick-all], #queue input[name='id']")) count();
});
