// The dialog in which a piece gets its time, or acts are undone: any link with data-dialog opens its page in it.
import { byId, opensElsewhere } from "../common/dom.js";

const BODY = "dialog-body";
let opened = ""; // the id of the link that opened it

function made() {
  const dialog = document.createElement("dialog");
  dialog.id = "dialog";
  dialog.className = "time-dialog";
  dialog.setAttribute("aria-labelledby", "dialog-title");
  dialog.innerHTML = `<div id="${BODY}"></div>`;
  dialog.addEventListener("close", () => {
    byId(BODY).replaceChildren();
    if (document.activeElement === document.body) byId(opened)?.focus();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog && !event.target.closest("[data-close-dialog]")) return;
    event.preventDefault();
    dialog.close();
  });
  document.body.append(dialog);
  return dialog;
}

async function open(link) {
  const dialog = byId("dialog") ?? made();
  opened = link.dataset.opener || link.id;
  for (const menu of document.querySelectorAll("[popover]:popover-open")) menu.hidePopover();
  await htmx.ajax("GET", link.href, { source: dialog, target: `#${BODY}`, swap: "innerHTML" });
  if (!dialog.open && byId("dialog-title")) dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || opensElsewhere(event)) return;
  event.preventDefault();
  open(link);
});
document.addEventListener("scheduled", () => byId("dialog")?.close());
