// The cards beside a text: the one that is open shows its forms.
let open = "";

export const now = () => open;
export const cardOf = (id) => document.getElementById(`thread-${id}`);

// Opens a card, and closes the other.
export function turnTo(id, { focus = false } = {}) {
  open = id;
  for (const card of document.querySelectorAll("[data-thread]")) {
    card.classList.toggle("is-now", card.dataset.thread === id);
  }
  const card = cardOf(id);
  if (!focus || !card) return;
  card.querySelector(".thread-to").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

const idOf = (element) => element.closest?.("[data-thread]")?.dataset.thread ?? "";

// `meant(id, byButton)` is called when somebody comes to a card.
export function watch(meant) {
  document.addEventListener("focusin", ({ target }) => {
    const id = idOf(target);
    if (!id || id === open) return;
    turnTo(id);
    meant(id, false);
  });
  document.addEventListener("click", ({ target }) => {
    const id = idOf(target);
    if (!id) return;
    turnTo(id);
    meant(id, Boolean(target.closest(".thread-to")));
  });
  // On a suggestion's own button Enter accepts and Backspace refuses, where one may.
  document.addEventListener("keydown", (event) => {
    const head = event.target.closest?.(".is-suggestion .thread-to");
    const act = { Enter: "accept", Backspace: "refuse" }[event.key];
    const button = head && act && head.closest("[data-thread]").querySelector(`[data-act="${act}"]`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
}
