// What is saved, always in sight: "Saved 10:42:08", "Saving…", or why it is not.
import { daysIn } from "../../common/dates.js";
import { byId } from "../../common/dom.js";

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: byId("desk").dataset.zone,
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

const dayOf = daysIn(byId("desk").dataset.zone);

export const timeOf = (at) => clock.format(new Date(at));

// With its day, unless that is today.
export function momentOf(at) {
  const [day, today] = [new Date(at), new Date()].map(dayOf);
  return day === today ? timeOf(at) : `${day}, ${timeOf(at)}`;
}

const ICONS = {
  saved: "check",
  saving: "loader-circle",
  changed: "pencil-line",
  kept: "triangle-alert",
  wrong: "circle-alert",
};

// `kind` is one of ICONS. `short` is for a narrow page.
export function say(kind, words, short = words) {
  draw(byId("saved"), kind, words);
  draw(document.querySelector("[data-saved-short]"), kind, short);
}

export const isSaid = (kind) => byId("saved").dataset.saved === kind;

function draw(place, kind, words) {
  if (place.dataset.saved === kind && place.textContent === words) return;
  place.dataset.saved = kind;
  const text = document.createElement("span");
  text.textContent = words;
  place.replaceChildren(byId(`icon-${ICONS[kind]}`).content.cloneNode(true), text);
}
