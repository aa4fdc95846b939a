// Where a piece may be dropped, and what dropping it there asks for. Everything that moves a piece
// ends in `drop`: mouse, finger, keys, the dialog and the buttons of its details. What time a day
// gives, and what else speaks against it, is the server's to decide.

import { daysIn } from "../common/dates.js";
import { askText, refuse } from "../common/server.js";
import { toast } from "../common/toasts.js";
import { address } from "./address.js";
import { entryOf, placeOf, titleOf } from "./board.js";
import { chooseWhere, confirmInsertion } from "./dialogs.js";
import { move } from "./move.js";
import { hideAll } from "./whole-day.js";

export const ASIDE = "#toasts, #whole-day"; // what may lie over the board

// -- where the pointer is: what lies below the things that stand aside. A target is an element with
// a day ("" for the tray) and a time ("" for any), or a link to another page of the calendar.
export function targetAt(x, y) {
  const under = document.elementsFromPoint(x, y).find((one) => !one.closest(ASIDE));
  const turning = under?.closest(".turn a[data-turn]");
  if (turning) return { turn: turning };
  const tray = under?.closest("#tray");
  if (tray) return { element: tray, day: "" };
  const day = under?.closest(".day");
  if (!day) return null;
  const found = { element: day, day: day.dataset.day, isPast: "past" in day.dataset, time: "" };
  const slot = under.closest(".slot");
  const hour = under.closest(".hour");
  if (slot) return { ...found, element: slot, time: slot.dataset.slot };
  return hour ? { ...found, element: hour, time: timeWithin(hour, y) } : found;
}

function timeWithin(hour, y) {
  const box = hour.getBoundingClientRect();
  const quarter = Math.min(3, Math.max(0, Math.floor(((y - box.top) / box.height) * 4)));
  return `${hour.dataset.hour.padStart(2, "0")}:${String(quarter * 15).padStart(2, "0")}`;
}

// -- what a drop means
const STAY = "stay"; // it stays where it is
const PAST = "past"; // refused, without asking
const MOVE = "move"; // there, at its time of day if the target has none
const LOOK = "look"; // inserted there, after a look at what makes room
const ASK = "ask"; // inserted there, but nobody knows at which time

function meaning(from, to, insert) {
  if (stays(from, to)) return STAY;
  if (to.isPast) return PAST;
  if (!insert || !to.day) return MOVE;
  return to.time || from.time ? LOOK : ASK;
}

export function stays(from, to) {
  if (!to || to.turn) return true;
  if (to.day !== from.day) return false;
  return !to.day || !to.time || to.time === from.time;
}

// The words beside the pointer.
export function label(from, to, insert) {
  if (!to) return "";
  if (to.turn) return `To the ${to.turn.getAttribute("aria-label").toLowerCase()} page`;
  const means = meaning(from, to, insert);
  if (means === STAY) return "Stays where it is";
  if (!to.day) return "Off the calendar";
  if (means === PAST) return `${dayName(to.day)} is past`;
  const time = to.time || from.time || "first free slot";
  return `${insert ? "Insert at " : ""}${dayName(to.day)}, ${time}`;
}

const inWords = daysIn("UTC", { weekday: "short" });
const dayName = (day) => inWords(new Date(`${day}T00:00Z`));

// `from` is where the piece stood when it was taken: its page may have been turned meanwhile.
export function drop(entry, to, { from = placeOf(entry), insert = false, ...how } = {}) {
  const means = meaning(from, to, insert);
  if (means === PAST) return refusePast(entry);
  if (means === ASK) return askWhere(entry, { ...to, insert: true });
  if (means === LOOK) return lookAndInsert(entry, to);
  return means === MOVE ? move(entry, to, how) : null;
}

function refusePast(entry) {
  toast({
    text: `That day is past, so “${titleOf(entry)}” stays where it was.`,
    kind: "problem",
    href: `/content/${entry.dataset.id}`,
    link: "Publish it now?",
  });
}

// -- by the dialog, where a day and a time are typed
export async function askWhere(entry, wanted = {}) {
  hideAll();
  const { id } = placeOf(entry);
  const to = await chooseWhere(entry, wanted);
  const there = entryOf(id);
  there?.focus({ preventScroll: true });
  if (!there || !to) return null;
  // Inserted at its own time as well: others make room there.
  const again = (wrong) => askWhere(entryOf(id), { ...to, wrong });
  return to.insert ? lookAndInsert(there, to) : drop(there, to, { follow: true, again });
}

async function lookAndInsert(entry, to) {
  const { id, time } = placeOf(entry);
  const at = { day: to.day, time: to.time || time };
  let preview;
  try {
    preview = await askText(address("/insertion", { id, ...at }));
  } catch (problem) {
    return refuse(problem, () => lookAndInsert(entry, to));
  }
  const isWanted = await confirmInsertion(preview);
  const there = entryOf(id);
  there?.focus({ preventScroll: true });
  return isWanted ? move(there ?? entry, at, { insert: true, follow: true }) : null;
}
