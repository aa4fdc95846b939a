// Undo, wherever it is offered: the steps are taken back, and the page fetches anew what it shows of
// their pieces, as it does when somebody else has changed them. Tells the page "undone". Ctrl-Z or ⌘-Z
// takes back the last act of the last ten minutes, then the one before it, and so on.
import { byId, isTyped } from "./dom.js";
import { ask, refuse } from "./server.js";
import { eventsOf } from "./session.js";
import { toast } from "./toasts.js";

const LONGEST = 600_000; // ms
const OFFERED = "form[data-undo]:not(#undoable form)"; // what was just done; the list has what was before
const underWay = new Set(); // steps that were sent and not answered: a second click sends nothing
const stack = []; // acts, the newest last: { steps, at }
const known = new Set(); // acts that were ever offered here

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
    if (!problem.mayRetry) {
      drop(steps);
      document.dispatchEvent(new CustomEvent("notices", { detail: { topic: "plan", ids: [0] } }));
    }
    refuse(problem, () => takeBack(steps));
  } finally {
    for (const step of steps) underWay.delete(step);
  }
}

function remember(steps) {
  if (known.has(steps.join())) return;
  known.add(steps.join());
  stack.push({ steps, at: performance.now() });
}

// What could not be asked for stays the last act; what is refused is none any more.
function takeBackLast() {
  while (stack.length && performance.now() - stack.at(-1).at > LONGEST) stack.pop();
  const act = stack.findLast(({ steps }) => !steps.some((step) => underWay.has(step)));
  const listed = document.querySelector("#undoable [data-takes-back]");
  if (listed) listed.click();
  else if (act) takeBack(act.steps);
  else if (!underWay.size) byId("undo-list")?.click();
}

function drop(steps) {
  const at = stack.findIndex((act) => act.steps.join() === steps.join());
  if (at >= 0) stack.splice(at, 1);
}

const stepsOf = (form) => new FormData(form).getAll("step");

document.addEventListener("undoable", ({ detail: { steps } }) => remember(steps.map(String)));
document.addEventListener("htmx:after:swap", () => {
  for (const form of document.querySelectorAll(OFFERED)) remember(stepsOf(form));
});
document.addEventListener("undo", ({ detail: { steps } }) => takeBack(steps.map(String)));
document.addEventListener("undone", ({ detail: { steps } }) => drop(steps));

// `run` when the steps that a form within the place offers were taken back.
export function whenUndone(place, run) {
  document.addEventListener("undone", ({ detail: { steps } }) => {
    const offered = document.querySelector(`${place} form[data-undo] [name="step"]`);
    if (steps.includes(offered?.value)) run();
  });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-undo]")) return;
  event.preventDefault();
  takeBack(stepsOf(event.target));
});

document.addEventListener("keydown", (event) => {
  const isZ = event.key.toLowerCase() === "z" || (event.code === "KeyZ" && !/^[a-z]$/i.test(event.key));
  const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && isZ;
  if (!isUndo || isTyped(event) || event.repeat) return;
  event.preventDefault();
  takeBackLast();
});
