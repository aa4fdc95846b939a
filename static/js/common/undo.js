// Undo, wherever it is offered: the steps are taken back, and the page fetches anew what it shows of
// their pieces, as it does when somebody else has changed them.
import { ask, eventsOf, refuse } from "./server.js";
import { toast } from "./toasts.js";

async function takeBack(steps) {
  try {
    const named = steps.map((step) => ["step", step]);
    const events = eventsOf(await ask("/publisher/undo", named));
    toast(events.toast);
    document.dispatchEvent(new CustomEvent("undone", { detail: { steps } }));
    document.dispatchEvent(new CustomEvent("notices", { detail: { topic: "content", ids: events.undone.ids } }));
  } catch (problem) {
    refuse(problem, () => takeBack(steps));
  }
}

document.addEventListener("undo", ({ detail: { steps } }) => takeBack(steps));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-undo]")) return;
  event.preventDefault();
  takeBack(new FormData(event.target).getAll("step"));
});
