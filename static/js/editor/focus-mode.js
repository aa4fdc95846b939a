// The text alone: Ctrl-Shift-F, or the button; Escape leaves.
import { byId } from "../common/dom.js";

function turn(isOn) {
  byId("desk").classList.toggle("is-focus", isOn);
  document.querySelector("[data-focus-mode]")?.setAttribute("aria-pressed", isOn);
}

const isOn = () => byId("desk").classList.contains("is-focus");

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-focus-mode]")) turn(!isOn());
});
document.addEventListener("keydown", (event) => {
  const isKey = event.key.toLowerCase() === "f" && event.shiftKey && (event.ctrlKey || event.metaKey);
  if (isKey) {
    event.preventDefault();
    turn(!isOn());
  } else if (event.key === "Escape" && isOn() && !document.querySelector("dialog:modal")) turn(false);
});
document.addEventListener("htmx:after:swap", () => turn(isOn()));
