// What many scripts ask of the page and of an event.

export const byId = (id) => document.getElementById(id);

// The session's token, which every form carries.
export const csrf = () => document.querySelector('input[name="_csrf"]')?.value ?? "";

// Whether a click on a link opens another tab or window, as the browser does it.
export const opensElsewhere = (event) => event.ctrlKey || event.metaKey || event.shiftKey;

// Whether a key is a shortcut of the page: pressed alone, not typed into a field, and not switched off
// by the person (data-keys).
export function isShortcut(event) {
  if (document.body.dataset.keys === "off") return false;
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  return !isTyped(event);
}

// Whether a key goes into a field.
export const isTyped = ({ target }) =>
  Boolean(target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]"));

// Gone after a while, but not while somebody is about to use it.
export function removeLater(element, after) {
  setTimeout(() => (element.matches(":hover, :focus-within") ? removeLater(element, 2000) : element.remove()), after);
}
