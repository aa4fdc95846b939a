// A small window beside the selection. Escape, a click elsewhere, or a change of the text closes it; the
// focus then is in the text again.

import { make } from "./make.js";

let open = null;

export function bubble(view, children, label) {
  open?.close();
  const before = document.activeElement;
  const element = make("div", { class: "text-bubble", role: "dialog", "aria-label": label }, ...children);
  document.body.append(element);
  place(element, view.coordsAtPos(view.state.selection.from), view.coordsAtPos(view.state.selection.to));
  const shown = { element, close: () => close(shown, view, before) };
  shown.outside = (event) => {
    if (!element.contains(event.target)) shown.close();
  };
  element.addEventListener("keydown", (event) => event.key === "Escape" && closeByKey(event, shown));
  element.addEventListener("closes", shown.close);
  document.addEventListener("pointerdown", shown.outside, true);
  element.querySelector("input, textarea, button, select")?.focus();
  open = shown;
  return shown;
}

function closeByKey(event, shown) {
  event.preventDefault();
  event.stopPropagation();
  shown.close();
}

function close(shown, view, before) {
  if (open === shown) open = null;
  document.removeEventListener("pointerdown", shown.outside, true);
  const hadFocus = shown.element.contains(document.activeElement) || document.activeElement === document.body;
  shown.element.remove();
  shown.element.dispatchEvent(new Event("closed"));
  if (!hadFocus) return;
  if (before && before !== document.body && before.isConnected && before !== view.dom) before.focus();
  else view.focus();
}

// Below what is selected, above where there is no room, and never outside of the window.
function place(element, start, end) {
  const { offsetWidth: width, offsetHeight: height } = element;
  const gap = 8;
  const left = Math.max(gap, Math.min(start.left, innerWidth - width - gap));
  const below = end.bottom + gap;
  const top = below + height > innerHeight ? Math.max(gap, start.top - height - gap) : below;
  Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
}
