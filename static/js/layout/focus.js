// A swap that removed the focused element gives the focus to its successor.
import { byId } from "../common/dom.js";

let focused = null;

document.addEventListener("htmx:before:swap", () => {
  const element = document.activeElement;
  if (!element || element === document.body) return;
  focused = { id: element.id, home: element.closest("[data-focus-home]")?.id };
});

document.addEventListener("htmx:after:swap", () => {
  if (!focused) return;
  const isLost = !document.activeElement || document.activeElement === document.body;
  const { id, home } = focused;
  focused = null;
  if (!isLost) return;
  const target = byId(id) ?? byId(home) ?? byId("main");
  if (target && !target.matches("a, button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
  target?.focus({ preventScroll: true });
});
