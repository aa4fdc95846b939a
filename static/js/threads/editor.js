// Threads beside the text that is being written: their passages are marked in it, and no mark is part of it.
import { now, turnTo, watch } from "./cards.js";
import { chosenIn } from "./letters.js";
import { draw, goTo, threadAt } from "./marks.js";
import "./names.js";
import { beginAbout, from, offer } from "./passage.js";

const QUIET = 300; // ms after something has changed in the text
const CHOOSING = 150; // ms
const home = document.getElementById("editor-text");
const tab = document.getElementById("tab-comments");
let places = new Map();
let drawing = 0;
let choosing = 0;

const rootNow = () => home.querySelector("[contenteditable=true]");
const isShown = () => tab.getAttribute("aria-selected") === "true" && tab.checkVisibility();

function redraw() {
  const root = rootNow();
  places = root ? draw(root, { now: now() }) : new Map();
}

function redrawSoon() {
  clearTimeout(drawing);
  drawing = setTimeout(redraw, QUIET);
}

const passage = () => (rootNow() ? chosenIn(rootNow()) : null);

function offerChosen() {
  const chosen = isShown() ? passage() : null;
  offer(chosen, chosen?.range.getBoundingClientRect());
}

export const begin = () => beginAbout("comment");

from(passage);
watch((id, isMeant) => {
  redraw();
  if (isMeant && places.has(id)) goTo(places.get(id));
});
new MutationObserver(redrawSoon).observe(home, { childList: true, characterData: true, subtree: true });
home.addEventListener("click", (event) => {
  const id = isShown() && document.getSelection().isCollapsed ? threadAt(places, document, event) : "";
  if (!id) return;
  turnTo(id);
  redraw();
});
document.addEventListener("selectionchange", () => {
  clearTimeout(choosing);
  choosing = setTimeout(offerChosen, CHOOSING);
});
document.addEventListener("htmx:after:swap", () => {
  turnTo(now());
  redrawSoon();
});
redraw();
