// Undo, wherever it is offered: the steps are taken back, and the page fetches anew what it shows of
// their pieces, as it does when somebody else has changed them. Tells the page "undone".
import { ask, eventsOf, refuse } from "./server.js";
import { toast } from "./toasts.js";

const underWay = new Set(); // steps that were sent and not answered: a second click sends nothing

async function takeBack(steps) {
  if (steps.some((step) => underWay.has(step))) return;
  for (const step of steps) underWay.add(step);
  try {
    const named = steps.map((step) => ["step", step]);
    const { toast: told, undone } = eventsOf(await ask("/publisher/undo", named));
    toast(told);
    document.dispatchEvent(new CustomEvent("undone", { detail: { steps, ...undone } }));
    document.dispatchEvent(new CustomEvent("notices", { detail: undone }));
  } catch (problem) {
    refuse(problem, () => takeBack(steps));
  } finally {
    for (const step of steps) underWay.delete(step);
  }
}

document.addEventListener("undo", ({ detail: { steps } }) => takeBack(steps.map(String)));

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-undo]")) return;
  event.preventDefault();
  takeBack(new FormData(event.target).getAll("step"));
});
