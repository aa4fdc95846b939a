// What was typed into a field of several lines stays until it was sent: over other pieces that were
// opened meanwhile, and over a reload. It is kept in this tab, and goes with signing out.
const KEY = "typed:";
const fieldsOf = (root) => [...(root?.querySelectorAll?.("textarea[id]") ?? [])];

document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea[id]")) sessionStorage.setItem(KEY + target.id, target.value);
});

function putBack() {
  for (const field of fieldsOf(document)) {
    const typed = sessionStorage.getItem(KEY + field.id);
    if (!typed || field.value) continue;
    field.value = typed;
    const fold = field.closest("details");
    if (fold) fold.open = true;
  }
}

// Before the answer is swapped in: what was sent is not put back.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 400 || !ctx.sourceElement?.matches?.("form")) return;
  for (const { id } of fieldsOf(ctx.sourceElement)) sessionStorage.removeItem(KEY + id);
});
document.addEventListener("submit", ({ target }) => {
  if (!target.matches('[action="/sign-out"]')) return;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(KEY)) sessionStorage.removeItem(key);
});

document.addEventListener("htmx:after:swap", putBack);
putBack();
