// A swap that removed the focused element gives the focus to its successor, or to the nearest home
// that is left.
import { byId } from "../common/dom.js";

let focused = null;

document.addEventListener("htmx:before:swap", () => {
  const element = document.activeElement;
  if (!element || element === document.body) return;
  focused = [element.id];
  for (let home = element; home; home = home.parentElement) if ("focusHome" in home.dataset) focused.push(home.id);
});

document.addEventListener("htmx:after:swap", () => {
  if (!focused) return;
  const isLost = !document.activeElement || document.activeElement === document.body;
  const ids = focused;
  focused = null;
  if (!isLost) return;
  const target = [...ids, "main"].map(byId).find((one) => one?.checkVisibility());
  if (target && !target.matches("a, button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
  target?.focus({ preventScroll: true });
});
