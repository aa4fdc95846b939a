// Threads beside a preview of the text: marks in it, what is chosen in it, and the way from one to the other.
import { now, turnTo, watch } from "./cards.js";
import { chosenIn } from "./letters.js";
import { draw, goTo, threadAt } from "./marks.js";
import { from, offer } from "./passage.js";

const heard = new WeakSet(); // documents
let places = new Map();
let timer = 0;

const frame = () => document.querySelector("[data-beside] > iframe.paper");
const rootOf = (shown) => shown?.contentDocument?.querySelector(".text");

function redraw() {
  const root = rootOf(frame());
  places = root ? draw(root, { now: now(), isCopy: true }) : new Map();
}

function tellChosen(shown) {
  const passage = chosenIn(rootOf(shown));
  if (!passage) return offer(null);
  const { top, left } = shown.getBoundingClientRect();
  const box = passage.range.getBoundingClientRect();
  return offer(passage, { left: left + box.left, bottom: top + box.bottom });
}

function hear(shown) {
  const inside = shown.contentDocument;
  if (!rootOf(shown) || heard.has(inside)) return;
  heard.add(inside);
  inside.addEventListener("selectionchange", () => {
    clearTimeout(timer);
    timer = setTimeout(() => shown.isConnected && tellChosen(shown), 150);
  });
  inside.addEventListener("click", (event) => {
    const id = inside.getSelection().isCollapsed ? threadAt(places, inside, event) : "";
    if (!id) return;
    turnTo(id, { focus: true });
    redraw();
  });
}

function look() {
  const shown = frame();
  if (!shown) return;
  if (!shown.dataset.threadsHeard) {
    shown.dataset.threadsHeard = "yes";
    shown.addEventListener("load", look);
  }
  hear(shown);
  turnTo(now());
  redraw();
}

from(() => {
  const root = rootOf(frame());
  return root ? chosenIn(root) : null;
});
watch((id, isMeant) => {
  redraw();
  if (isMeant && places.has(id)) goTo(places.get(id));
});
document.addEventListener("htmx:after:swap", () => requestAnimationFrame(look));
look();
