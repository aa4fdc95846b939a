// The dialog in which a piece gets its time: any link with data-dialog opens its page in it.
(() => {
  const body = "dialog-body";
  let opened = ""; // the id of the link that opened it

  function dialog() {
    const found = document.getElementById("dialog");
    if (found) return found;
    const made = document.createElement("dialog");
    made.id = "dialog";
    made.className = "time-dialog";
    made.setAttribute("aria-labelledby", "dialog-title");
    made.innerHTML = `<div id="${body}"></div>`;
    made.addEventListener("close", () => {
      document.getElementById(body).replaceChildren();
      document.getElementById(opened)?.focus();
    });
    made.addEventListener("click", (event) => {
      if (event.target === made || event.target.closest("[data-close-dialog]")) {
        event.preventDefault();
        made.close();
      }
    });
    document.body.append(made);
    return made;
  }

  async function open(link) {
    const box = dialog();
    opened = link.id || link.dataset.opener || "";
    for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
    await htmx.ajax("GET", link.href, { source: box, target: `#${body}`, swap: "innerHTML" });
    if (!box.open && document.getElementById("dialog-title")) box.showModal();
    box.querySelector("[autofocus]")?.focus();
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("scheduled", () => document.getElementById("dialog")?.close());
})();
