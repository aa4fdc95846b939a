// Passages of open threads as marks in a text. They are highlights of the browser, and change nothing in it; only
// in a preview, which is a copy, a suggestion's new words are put in.
import { bare, find, lettersOf, placeBehind, rangeOf } from "./letters.js";

const cards = () => [...document.querySelectorAll("[data-thread]")];

const isRange = (place) => "collapsed" in place;
const valuesOf = (entries) => entries.map(([, one]) => one);

function passageOf({ dataset: { words, before = "", after = "" } }) {
  return { words, before, after };
}

// The words that go, as ranges, and those that come, each with its place.
function changesOf(card, letters, start) {
  const gone = [];
  const come = [];
  let at = start;
  for (const part of card.querySelector(".change")?.children ?? []) {
    const { length } = bare(part.textContent);
    if (part.tagName === "INS") come.push({ place: placeBehind(letters, at - 1), text: part.textContent });
    else if (length) {
      if (part.tagName === "DEL") gone.push(rangeOf(letters, at, length));
      at += length;
    }
  }
  return { gone, come };
}

function show(view, name, ranges) {
  if (ranges.length) view.CSS.highlights.set(name, new view.Highlight(...ranges));
  else view.CSS.highlights.delete(name);
}

function clear(root) {
  for (const put of root.querySelectorAll("ins.suggested")) {
    const home = put.parentNode;
    put.remove();
    home.normalize();
  }
  for (const picture of root.querySelectorAll("img.is-meant")) picture.classList.remove("is-meant");
}

function put({ place, text }) {
  const element = place.startContainer.ownerDocument.createElement("ins");
  element.className = "suggested";
  element.textContent = text;
  place.insertNode(element);
}

function pictureOf(root, { dataset: { picture } }) {
  if (!picture) return null;
  const own = picture.replace(/^igny8:/, "images/"); // where a preview finds one of ours
  const shown = [...root.querySelectorAll("img")];
  return shown.find((one) => [picture, own].some((end) => one.getAttribute("src")?.endsWith(end))) ?? null;
}

// Where a card's thread is: a range or a picture; what goes and comes with it is added to `changes`.
function locate(root, card, letters, changes) {
  const at = find(letters, passageOf(card));
  if (at < 0) return pictureOf(root, card);
  const { gone, come } = changesOf(card, letters, at);
  changes.gone.push(...gone);
  changes.come.push(...come);
  return rangeOf(letters, at, card.dataset.words.length);
}

// Marks all that stands below the root. Returns where each thread is: its id → a range or a picture.
export function draw(root, { now = "", isCopy = false } = {}) {
  const view = root.ownerDocument.defaultView;
  const places = new Map();
  if (!view?.CSS?.highlights) return places;
  if (isCopy) clear(root);
  const letters = lettersOf(root);
  const changes = { gone: [], come: [] };
  for (const card of cards()) {
    const place = locate(root, card, letters, changes);
    if (place) places.set(card.dataset.thread, place);
  }
  const ranges = [...places].filter(([, one]) => isRange(one));
  show(view, "thread", valuesOf(ranges));
  show(view, "thread-now", valuesOf(ranges.filter(([id]) => id === now)));
  show(view, "suggested-out", changes.gone);
  if (!isCopy) return places;
  for (const place of places.values()) if (!isRange(place)) place.classList.add("is-meant");
  changes.come.reverse().forEach(put);
  return places;
}

export function goTo(place) {
  const element = isRange(place) ? place.startContainer.parentElement : place;
  element?.scrollIntoView({ block: "center", behavior: "smooth" });
}

// The thread whose passage is at that point of the text; "" where there is none.
export function threadAt(places, document_, { clientX, clientY }) {
  const at = document_.caretPositionFromPoint?.(clientX, clientY);
  for (const [id, place] of places) {
    if (at && isRange(place) && place.isPointInRange(at.offsetNode, at.offset)) return id;
  }
  return "";
}
