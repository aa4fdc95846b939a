// Menus (details[data-menu]): a click beside one or Escape closes it.
document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = menu.contains(target);
});
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu][open]");
  if (event.key !== "Escape" || !menu) return;
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
});
