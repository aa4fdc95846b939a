// Two have changed the same place: both are shown, with what tells them apart, and one chooses. Writing
// goes on meanwhile, and what is not chosen yet can be chosen later.
import { byId } from "../../common/dom.js";
import { toast } from "../../common/toasts.js";
import { nameOf } from "../fields.js";
import { momentOf } from "./state.js";

const NOT_FOUND =
  "Nothing was put in: that place of the text was changed again and is not found for sure. Choose shows both " +
  "once more. Copy yours from there to where it belongs, then choose “Keep theirs”.";
const waiting = []; // clashes that nobody has decided on
const decided = new Set(); // those that were, by what tells one from others
let decide = null;
let isAsking = false;

// `settle(clash, text, others)` puts in what was chosen, null where theirs stays, and says whether its place
// was found.
export function onDecided(settle) {
  decide = settle;
}

export const undecided = () => waiting;

export function addClashes(clashes) {
  const known = new Set([...decided, ...waiting.map(keyOf)]);
  waiting.push(...clashes.filter((clash) => !known.has(keyOf(clash))));
  drawNote();
  askNext();
}

// A save may tell again of what waits here already.
const keyOf = ({ field, base, theirs, ours }) => JSON.stringify([field, base, theirs, ours]);

async function askNext() {
  if (isAsking || !waiting.length) return;
  isAsking = true;
  const dialog = byId("clash");
  show(waiting[0]);
  dialog.returnValue = "later";
  dialog.showModal();
  await new Promise((closed) => dialog.addEventListener("close", closed, { once: true }));
  isAsking = false;
  if (!["ours", "theirs", "both"].includes(dialog.returnValue)) return drawNote();
  const [clash, ...others] = waiting;
  if (!decide(clash, chosen(clash, dialog.returnValue), others)) {
    toast({ kind: "problem", text: NOT_FOUND });
    return drawNote();
  }
  waiting.shift();
  decided.add(keyOf(clash));
  drawNote();
  askNext();
}

const chosen = ({ ours, joined }, choice) => ({ ours, theirs: null, both: joined })[choice];

function show(clash) {
  const { field, theirs, ours, theirs_read, ours_read, ours_by } = clash;
  const isText = field === "html";
  byId("clash-where").textContent = whereOf(clash);
  byId("clash-theirs-title").textContent = clash.by ? `Saved by ${clash.by}` : "Saved meanwhile";
  byId("clash-ours-title").textContent = ours_by ? `Typed by ${ours_by}` : "Yours";
  byId("clash-take").textContent = ours_by ? `Take what ${ours_by} typed` : "Take mine";
  byId("clash-both").hidden = !clash.joined;
  byId("clash-same").hidden = theirs_read !== ours_read;
  byId("clash-rest").textContent = waiting.length > 1 ? `${waiting.length - 1} more after this one.` : "";
  drawDifference(byId("clash-theirs"), theirs_read, ours_read);
  drawDifference(byId("clash-ours"), ours_read, theirs_read);
  for (const fold of byId("clash").querySelectorAll("details")) {
    fold.hidden = !isText;
    fold.open = isText && theirs_read === ours_read;
  }
  drawDifference(byId("clash-theirs-source"), theirs, ours);
  drawDifference(byId("clash-ours-source"), ours, theirs);
}

function whereOf({ field, place, at }) {
  const where = field === "html" ? place || "The text" : nameOf(field);
  return at ? `${where}. Saved ${momentOf(at)}.` : `${where}.`;
}

// The words between what both have in common at the beginning and at the end.
function drawDifference(place, own, other) {
  const [mine, theirs] = [own, other].map((text) => text.match(/\s+|[^\s<>]+|[<>]/g) ?? []);
  let head = 0;
  while (head < Math.min(mine.length, theirs.length) && mine[head] === theirs[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(mine.length, theirs.length) - head && mine.at(-1 - tail) === theirs.at(-1 - tail)) tail += 1;
  const mark = document.createElement("ins");
  mark.textContent = mine.slice(head, mine.length - tail).join("");
  const before = mine.slice(0, head).join("");
  const after = mine.slice(mine.length - tail).join("");
  place.replaceChildren(before, ...(mark.textContent ? [mark] : []), after);
  if (!own) place.textContent = "(nothing)";
}

function drawNote() {
  byId("undecided")?.remove();
  if (!waiting.length || byId("clash").open) return;
  const note = document.createElement("div");
  note.className = "desk-note amber";
  note.id = "undecided";
  const words = document.createElement("p");
  words.textContent =
    waiting.length === 1
      ? "One place was changed by two of you."
      : `${waiting.length} places were changed by two of you.`;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "Choose";
  button.addEventListener("click", askNext);
  note.append(words, button);
  byId("desk-notes").append(note);
}
