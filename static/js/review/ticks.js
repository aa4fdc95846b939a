// Ticks for several pieces at once.
const ticks = () => [...document.querySelectorAll('#list input[name="id"]')];

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
// What was done with them is done.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.id !== "bulk" || ctx.response.status >= 400) return;
  for (const tick of document.querySelectorAll('#list input[name="id"]:checked')) tick.checked = false;
});

document.addEventListener("htmx:after:swap", count);
count();
