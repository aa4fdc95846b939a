// A key that is shown once: it can be copied, and the page does not go away with it by mistake.
import { byId } from "../common/dom.js";

async function copy(element) {
  if (navigator.clipboard) return navigator.clipboard.writeText(element.textContent.trim());
  getSelection().selectAllChildren(element); // browsers have no clipboard on plain http
  if (!document.execCommand("copy")) throw new Error("the browser refused");
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const word = button.querySelector("[data-word]");
  const shown = byId(button.dataset.copy);
  try {
    await copy(shown);
    word.textContent = "Copied";
    delete button.closest("[data-once]")?.dataset.once;
  } catch {
    getSelection().selectAllChildren(shown);
    word.textContent = "Marked: copy it with the keyboard";
  }
});

document.addEventListener("click", (event) => {
  const done = event.target.closest("[data-once-done]");
  delete done?.closest("[data-once]")?.dataset.once;
});

addEventListener("beforeunload", (event) => {
  if (document.querySelector("[data-once]")) event.preventDefault();
});
