// What was typed into a field of several lines stays until it was sent, over other pieces that were
// opened meanwhile. What was sent comes back with Undo. Nothing is kept beyond the page.
const typed = new Map(); // id of a field → text
const sent = new Map();
const fieldsOf = (root) => [...(root?.querySelectorAll?.("textarea[id]") ?? [])];

document.addEventListener("input", ({ target }) => {
  if (target.matches("textarea[id]")) typed.set(target.id, target.value);
});

// Before the answer is swapped in: what was sent is not put back.
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 400 || !ctx.sourceElement?.matches?.("form")) return;
  for (const { id, value } of fieldsOf(ctx.sourceElement)) {
    typed.delete(id);
    sent.set(id, value);
  }
});

document.addEventListener("htmx:after:swap", () => {
  for (const field of fieldsOf(document)) {
    const text = typed.get(field.id);
    if (!text || field.value) continue;
    field.value = text;
    const fold = field.closest("details");
    if (fold) fold.open = true;
  }
});

document.addEventListener("undone", ({ detail: { topic, ids } }) => {
  if (topic !== "content") return;
  for (const [field, text] of sent) {
    if (!ids.some((id) => field === `comment-${id}`)) continue;
    typed.set(field, text);
    sent.delete(field);
  }
});
