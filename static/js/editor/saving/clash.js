// Two have changed the same place: both are shown, with what tells them apart, and one chooses. Writing
// goes on meanwhile, and what is not chosen yet can be chosen later.
import { byId } from "../../common/dom.js";
import { toast } from "../../common/toasts.js";

const LABELS = { html: "In the text", title: "Title", slug: "Address" };
const NOT_FOUND =
  "Nothing was put in: that place of the text was changed again and is not found for sure. Choose shows both " +
  "once more. Copy yours from there to where it belongs, then choose “Keep theirs”.";
const waiting = []; // clashes that nobody has decided on
let decide = null;
let isAsking = false;

// `settle(clash, text, others)` puts in what was chosen, and says whether its place was found.
export function onDecided(settle) {
  decide = settle;
}

export const undecided = () => waiting;

export function addClashes(clashes) {
  waiting.push(...clashes);
  drawNote();
  askNext();
}

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
  if (dialog.returnValue !== "theirs" && !decide(clash, chosen(clash, dialog.returnValue), others)) {
    toast({ kind: "problem", text: NOT_FOUND });
    return drawNote();
  }
  waiting.shift();
  drawNote();
  askNext();
}

const chosen = (clash, choice) => (choice === "ours" ? clash.ours : both(clash));

const both = ({ theirs, ours }) => theirs + ours;

function show({ field, theirs, ours }) {
  byId("clash-where").textContent = LABELS[field] ?? `In the field “${field.replaceAll("_", " ")}”`;
  byId("clash-both").hidden = field !== "html";
  byId("clash-rest").textContent = waiting.length > 1 ? `${waiting.length - 1} more after this one.` : "";
  drawDifference(byId("clash-theirs"), theirs, ours);
  drawDifference(byId("clash-ours"), ours, theirs);
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
