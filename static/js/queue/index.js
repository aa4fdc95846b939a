// The queue: acts on one row or on all ticked ones, and what a swap changes.
import { byId } from "../common/dom.js";
import "./keys.js";
import { hideMenu } from "./menu.js";
import { clear, count } from "./ticks.js";

let query = byId("queue")?.dataset.query;
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

// -- after every swap: another list has no selection
function ready() {
  const now = byId("queue")?.dataset.query;
  if (now !== query) {
    query = now;
    clear();
  } else count();
}

document.addEventListener("htmx:after:swap", ready);
document.querySelector(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
ready();
