// Ticks for several pieces at once.
import { byId } from "../common/dom.js";
import { whenUndone } from "../common/undo.js";

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
// The outcome whose steps were taken back is over.
whenUndone("#bulk-outcome", () => byId("bulk-outcome").remove());

document.addEventListener("htmx:after:swap", count);
count();
