// A small window beside the selection, or beside the tool that opens it. Escape or a click elsewhere closes it;
// the focus then is where it was. Tab stays within.

import { make } from "./make.js";

let open = null;

export function bubble(view, children, label, tool = null) {
  open?.close();
  const before = document.activeElement;
  const element = make("div", { class: "text-bubble", role: "dialog", "aria-label": label }, ...children);
  document.body.append(element);
  const placed = () => view.isDestroyed || place(element, ...besides(view, tool));
  placed();
  const sizes = new ResizeObserver(placed);
  for (const one of [element, document.documentElement]) sizes.observe(one);
  const shown = { element, sizes, close: () => close(shown, view, before) };
  shown.outside = (event) => {
    if (!element.contains(event.target)) shown.close();
  };
  element.addEventListener("keydown", (event) => onKey(event, shown));
  element.addEventListener("closes", shown.close);
  document.addEventListener("pointerdown", shown.outside, true);
  element.querySelector("input, textarea, button, select")?.focus();
  open = shown;
  return shown;
}

function onKey(event, shown) {
  if (event.key === "Tab") return goAround(event, shown.element);
  if (event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  shown.close();
}

function goAround(event, element) {
  const stops = [...element.querySelectorAll("input:not([type=file]), textarea, button, select")];
  const [end, start] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement !== end) return;
  event.preventDefault();
  start.focus();
}

// The arrows lead through the entries of a list.
export function byArrows(list) {
  list.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const all = [...list.querySelectorAll("button")];
    all[(all.indexOf(document.activeElement) + by + all.length) % all.length].focus();
  });
}

function besides(view, tool) {
  if (tool) return [tool.getBoundingClientRect(), tool.getBoundingClientRect()];
  const { from, to } = view.state.selection;
  return [view.coordsAtPos(from), view.coordsAtPos(to)];
}

function close(shown, view, before) {
  if (open === shown) open = null;
  document.removeEventListener("pointerdown", shown.outside, true);
  const hadFocus = shown.element.contains(document.activeElement) || document.activeElement === document.body;
  shown.sizes.disconnect();
  shown.element.remove();
  shown.element.dispatchEvent(new Event("closed"));
  if (!hadFocus) return;
  if (before && before !== document.body && before.isConnected && before !== view.dom) before.focus();
  else view.focus();
}

// Below what it stands beside, above where there is no room, and never outside of the window.
function place(element, start, end) {
  const { offsetWidth: width, offsetHeight: height } = element;
  const gap = 8;
  const left = Math.max(gap, Math.min(start.left, innerWidth - width - gap));
  const below = end.bottom + gap;
  const above = Math.min(start.top, innerHeight) - height - gap;
  const top = below + height > innerHeight ? Math.max(gap, above) : below;
  Object.assign(element.style, { left: `${left}px`, top: `${top}px` });
}
