// The queue: acts on one row or on all ticked ones, the menu of a row, keys.
(() => {
  const byId = (id) => document.getElementById(id);
  const ticks = () => [...document.querySelectorAll('#queue input[name="id"]')];
  const menu = () => byId("row-menu");
  let opener = null; // the button whose menu is open
  let query = byId("queue")?.dataset.query;

  // -- every act is a submit of the one form, to the address on its button
  document.addEventListener("submit", (event) => {
    const { target, submitter } = event;
    if (!target.matches("#bulk") || !submitter) return; // not target.id: that is its field "id"
    event.preventDefault();
    if (menu()?.matches(":popover-open")) menu().hidePopover();
    const swap = { source: submitter, event, target: "#queue-whole", swap: "outerMorph" };
    htmx.ajax("POST", submitter.formAction, swap).then(() => {
      if (submitter.name !== "only") clear();
    });
  });

  // -- ticks: how many, and what can be done with them
  function clear() {
    for (const tick of ticks()) tick.checked = false;
    count();
  }

  function count() {
    const bulk = byId("bulk");
    const all = bulk?.querySelector("[data-tick-all]");
    if (!all) return;
    const chosen = ticks().filter((tick) => tick.checked);
    for (const act of bulk.querySelectorAll("[data-bulk-act]")) {
      const able = chosen.filter((tick) => tick.dataset.acts.split(" ").includes(act.dataset.bulkAct));
      act.hidden = able.length === 0;
      act.querySelector("[data-number]").textContent = able.length < chosen.length ? `${able.length}` : "";
      if (act.hidden) act.removeAttribute("open");
    }
    bulk.querySelector("[data-selected-count]").textContent = chosen.length ? `${chosen.length} selected` : "";
    bulk.dataset.selected = String(chosen.length);
    all.checked = chosen.length > 0 && chosen.length === ticks().length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-tick-all]")) for (const tick of ticks()) tick.checked = event.target.checked;
    if (event.target.matches("[data-tick-all], #queue input[name='id']")) count();
  });

  // -- the menu of a row: one for all, which shows what is possible there
  function openMenu(button) {
    const box = menu();
    const row = button.closest(".queue-row");
    const tick = row.querySelector("[data-acts]");
    const acts = tick.dataset.acts.split(" ");
    const id = button.dataset.menu;
    const version = tick.value.split(".")[1];
    for (const item of box.querySelectorAll("[data-act]")) {
      item.hidden = !acts.includes(item.dataset.act);
      if (item.matches("button")) item.value = tick.value;
      else
        item.href =
          item.dataset.act === "schedule" ? `/content/${id}/schedule?home=queue&version=${version}` : `/content/${id}`;
    }
    opener = button;
    box.showPopover();
    const at = button.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = box;
    box.style.inset = "auto";
    box.style.left = `${Math.max(8, at.right - offsetWidth)}px`;
    box.style.top = `${at.bottom + offsetHeight > innerHeight ? at.top - offsetHeight - 4 : at.bottom + 4}px`;
    box.querySelector("[data-act]:not([hidden])")?.focus();
    button.setAttribute("aria-expanded", "true");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-menu]");
    if (button) openMenu(button);
    if (event.target.closest("[data-close-outcome]")) byId("queue-outcome").replaceChildren();
  });
  document.addEventListener("pointerdown", (event) => {
    // A second press on the button closes its menu, instead of closing and opening it again.
    const button = event.target.closest("[data-menu]");
    if (button && button === opener && menu().matches(":popover-open")) event.preventDefault();
  });
  menu()?.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    opener?.setAttribute("aria-expanded", "false");
    if (menu().contains(document.activeElement) || document.activeElement === document.body) opener?.focus();
    opener = null;
  });
  menu()?.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const items = [...menu().querySelectorAll("[data-act]:not([hidden])")];
    const at = items.indexOf(document.activeElement);
    items[(at + by + items.length) % items.length].focus();
  });

  // -- keys: j and k from row to row, x ticks, / searches
  function step(by) {
    const titles = [...document.querySelectorAll(".queue-title")];
    const at = titles.indexOf(document.activeElement?.closest(".queue-row")?.querySelector(".queue-title"));
    titles[at < 0 ? 0 : Math.min(Math.max(at + by, 0), titles.length - 1)]?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const tick = document.activeElement?.closest(".queue-row")?.querySelector('input[name="id"]');
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key === "x" && tick) tick.click();
    else if (event.key === "/") byId("q").focus();
    else return;
    event.preventDefault();
  });

  // -- after every swap: another list has no selection, and Undo passes
  let passing = null;
  function ready() {
    const now = byId("queue")?.dataset.query;
    if (now !== query) {
      query = now;
      clear();
    } else count();
    const outcome = document.querySelector("[data-passes]");
    if (outcome && outcome !== passing) leave(outcome, 10_000);
    passing = outcome;
  }
  function leave(outcome, after) {
    setTimeout(() => (outcome.matches(":hover, :focus-within") ? leave(outcome, 2000) : outcome.remove()), after);
  }

  document.addEventListener("htmx:after:swap", ready);
  document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  ready();
})();
