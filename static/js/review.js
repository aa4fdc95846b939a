// The review list: j/k to move, / to search, ticks for several at once, the open piece marked.
(() => {
  const links = () => [...document.querySelectorAll("#list .row-link")];
  const openId = () =>
    location.pathname.match(/^\/review\/(\d+)$/)?.[1] ?? document.querySelector("[data-piece]")?.dataset.piece;

  function mark() {
    const id = openId();
    for (const link of links()) {
      if (link.id === `open-${id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    document.body.dataset.screen = /^\/review\/\d+$/.test(location.pathname) ? "review-open" : "review";
  }

  function step(by) {
    const all = links();
    const at = all.findIndex((link) => link.hasAttribute("aria-current"));
    const next = all[at + by] ?? (by > 0 && at === all.length - 1 ? document.getElementById("next-page") : null);
    if (!next) return;
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    next.click();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "/") document.getElementById("q").focus();
    else return;
    event.preventDefault();
  });

  function count() {
    const bulk = document.querySelector("[data-bulk]");
    if (!bulk) return;
    const ticks = [...document.querySelectorAll('#list input[name="id"]:not(:disabled)')];
    const ticked = ticks.filter((tick) => tick.checked).length;
    const all = bulk.querySelector("[data-tick-all]");
    bulk.querySelector("[data-ticked]").textContent = ticked ? String(ticked) : "selected";
    bulk.querySelector("button").disabled = ticked === 0;
    all.checked = ticked > 0 && ticked === ticks.length;
    all.indeterminate = ticked > 0 && ticked < ticks.length;
    all.disabled = ticks.length === 0;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) {
      for (const tick of document.querySelectorAll('#list input[name="id"]:not(:disabled)'))
        tick.checked = event.target.checked;
    }
    if (event.target.matches("[data-tick-all], input[name='id']")) count();
  });

  document.addEventListener("htmx:after:swap", (event) => {
    mark();
    count();
    const ctx = event.detail?.ctx;
    if (ctx?.target?.id === "pane") document.getElementById("pane").scrollTop = 0;
  });
  document.addEventListener("htmx:after:history:push", mark);
  mark();
  count();
})();
