// The queue: acts on one row or on all ticked ones, and what a swap changes.
import { byId, removeLater } from "../common/dom.js";
import { whenUndone } from "../common/undo.js";
import "./keys.js";
import { hideMenu } from "./menu.js";
import { clear, count } from "./ticks.js";

let query = byId("queue")?.dataset.query;
let passing = null; // the outcome that leaves by itself
let isTaken = false; // the last act was answered: what was ticked for it is no longer needed

// -- every act is a submit of the one form, to the address on its button
document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (!target.matches("#bulk") || !submitter) return; // not target.id: that is its field "id"
  event.preventDefault();
  hideMenu();
  isTaken = false;
  const swap = { source: submitter, event, target: "#queue-whole", swap: "outerMorph" };
  htmx.ajax("POST", submitter.formAction, swap).then(() => {
    if (isTaken && submitter.name !== "only") clear();
  });
});
document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.request.method === "POST") isTaken = ctx.response.status < 400;
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-outcome]")) byId("queue-outcome").replaceChildren();
});

// The outcome whose steps were taken back is over; the list has the focus that its button had.
whenUndone("#queue-outcome", () => {
  byId("queue-outcome").replaceChildren();
  const list = byId("queue");
  list.tabIndex = -1;
  list.focus({ preventScroll: true });
});

// -- after every swap: another list has no selection, and Undo passes
function ready() {
  const now = byId("queue")?.dataset.query;
  if (now !== query) {
    query = now;
    clear();
  } else count();
  const outcome = document.querySelector("[data-passes]");
  if (outcome && outcome !== passing) removeLater(outcome, 10_000);
  passing = outcome;
}

document.addEventListener("htmx:after:swap", ready);
document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
ready();
