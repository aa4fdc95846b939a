// Moving a piece: shown at once, sent, and put back if it is refused; each move has one Undo.
// `to` is { day, time } (time "" keeps the time of day), or { day: "" } for the tray. Where a piece
// may go is decided in drag.js.
import { byId } from "../common/dom.js";
import { ask, refuse } from "../common/server.js";
import { toast } from "../common/toasts.js";
import { address } from "./address.js";
import { placeOf } from "./board.js";
import { drawOurs, keepInSight, refresh } from "./changes.js";
import { forget } from "./draw.js";
import { turn } from "./turn.js";

const said = new Map(); // id → what was said of its last move
let pressed = 0; // how many keys, so far, other than those that move on

document.addEventListener(
  "keydown",
  ({ shiftKey }) => {
    if (!shiftKey) pressed += 1;
  },
  true,
);

// `insert` moves later pieces along; `follow` leads the focus to where the piece then stands; `again`
// asks the person anew, where what was chosen cannot be.
export async function move(entry, to, { insert = false, follow = false, again = null } = {}) {
  const from = placeOf(entry);
  const days = [from.day, to.day].filter(Boolean).join();
  const values = { id: from.id, seen: from.seen, day: to.day, time: to.time ?? "", insert: insert ? "1" : "", days };
  const before = pressed;
  const asked = ask(address("/moves"), values); // under way before anything is drawn
  const putBack = put(entry, to, follow);
  let told;
  try {
    told = await (await asked).json();
  } catch (problem) {
    putBack();
    if (again && problem.told && !problem.mayRetry) again(problem.told.text);
    else refuse(problem, () => move(byId(entry.id) ?? entry, to, { insert, follow, again }));
    if (!problem.mayRetry) refresh({ ids: [from.id], days: [from.day, to.day] });
    return;
  }
  drawOurs(told.html);
  say(told, from.id);
  if (follow && pressed === before) await goAlong(from.id, to); // else the person has gone on
}

// Shows the piece where it goes; the function that is returned puts it back.
function put(entry, to, keepsFocus) {
  const homes = entry.parentNode;
  const next = entry.nextSibling;
  const home = to.day ? byId(`d${to.day}`)?.querySelector(".day-cards") : byId("tray-cards");
  for (const place of [entry.closest(".day, .tray"), home?.closest(".day, .tray")]) if (place) forget(place);
  const hadFocus = document.activeElement === entry;
  entry.classList.add("is-sent");
  home?.append(entry);
  if (hadFocus && keepsFocus) entry.focus({ preventScroll: true });
  return () => {
    entry.classList.remove("is-sent");
    const hasFocus = document.activeElement === entry;
    if (homes.isConnected) homes.insertBefore(entry, next?.parentNode === homes ? next : null);
    if (hasFocus) entry.focus({ preventScroll: true });
  };
}

// Only a piece's last move can be undone: the line about the one before goes.
function say(told, id) {
  const before = [...byId("toasts").children].find((line) => line.dataset.text === said.get(id));
  before?.remove();
  const text = told.note ? `${told.text}. ${told.note}` : told.text;
  said.set(id, text);
  keepInSight(id);
  toast({ text, undo: told.undo });
}

async function goAlong(id, to) {
  if (to.day && !byId(`d${to.day}`)) {
    await turn(address("", { date: to.day })).catch((problem) => refuse(problem, () => {}));
  }
  const entry = byId(`c${id}`) ?? byId(`t${id}`);
  entry?.focus({ preventScroll: true });
  entry?.scrollIntoView({ block: "nearest" });
}
