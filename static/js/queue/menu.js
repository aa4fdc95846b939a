// The menu of a row: one for all, which shows what is possible there.
import { byId } from "../common/dom.js";

const menu = () => byId("row-menu");
const isOpen = () => Boolean(menu()?.matches(":popover-open"));
const items = () => [...menu().querySelectorAll("[data-act]:not([hidden])")];
let opener = null; // the button whose menu is open

export function hideMenu() {
  if (isOpen()) menu().hidePopover();
}

function open(button) {
  fill(button.dataset.menu, button.closest(".queue-row").querySelector("[data-acts]"));
  opener = button;
  menu().showPopover();
  put(menu(), button.getBoundingClientRect());
  items()[0]?.focus();
  button.setAttribute("aria-expanded", "true");
}

function fill(id, tick) {
  const acts = tick.dataset.acts.split(" ");
  const version = tick.value.split(".")[1];
  for (const item of menu().querySelectorAll("[data-act]")) {
    const { act } = item.dataset;
    item.hidden = !acts.includes(act);
    if (item.matches("button")) item.value = tick.value;
    else item.href = act === "schedule" ? `/content/${id}/schedule?home=queue&version=${version}` : `/content/${id}`;
  }
}

function put(box, at) {
  const { offsetWidth, offsetHeight } = box;
  box.style.inset = "auto";
  box.style.left = `${Math.max(8, at.right - offsetWidth)}px`;
  box.style.top = `${at.bottom + offsetHeight > innerHeight ? at.top - offsetHeight - 4 : at.bottom + 4}px`;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-menu]");
  if (button) open(button);
});

document.addEventListener("pointerdown", (event) => {
  // A second press on the button closes its menu, instead of closing and opening it again.
  const button = event.target.closest("[data-menu]");
  if (button && button === opener && isOpen()) event.preventDefault();
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
  const at = items().indexOf(document.activeElement);
  items()[(at + by + items().length) % items().length].focus();
});
