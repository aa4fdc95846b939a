// What became of an act with several pieces lies over the page like a toast: it passes by itself where
// all went well, can be put away, and is over once its steps were taken back.
import { removeLater } from "../common/dom.js";
import { whenUndone } from "../common/undo.js";

const shown = new WeakSet();

function passAway() {
  for (const outcome of document.querySelectorAll("[data-passes]")) {
    if (!shown.has(outcome)) removeLater(outcome, 10_000);
    shown.add(outcome);
  }
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-close-outcome]")) target.closest("[data-outcome]").remove();
});
whenUndone("[data-outcome]", () => document.querySelector("[data-outcome]").remove());
document.addEventListener("htmx:after:swap", passAway);
passAway();
