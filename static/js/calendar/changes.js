// What others do. Notices that come together cause one request, for the days that they concern;
// nothing changes under somebody's hand, nor from before a change of our own.

import { askText } from "../common/server.js";
import { address } from "./address.js";
import { days as daysShown, isCarrying } from "./board.js";
import { draw } from "./draw.js";

const QUIET = 80; // ms: notices that come together cause one request
const MOST_IDS = 60; // more changed pieces than these: everything is drawn anew
const NEW_FOR = 8000; // ms that a piece which we moved is shown however full its day is
const WHOLE = new Set(["plan", "hello", "integration", "worker"]);
const waiting = { ids: new Set(), days: new Set(), all: false };
const movedAt = new Map(); // id → when we moved it
let written = 0; // how many changes of ours the page has drawn
let isDue = false; // the next fetch has its time

export function drawOurs(html) {
  written += 1;
  draw(html);
}

export function keepInSight(id) {
  movedAt.set(id, performance.now());
}

export function refresh({ ids = [], days = [], all = false }) {
  for (const id of ids) waiting.ids.add(String(id));
  for (const day of days.filter(Boolean)) waiting.days.add(day);
  waiting.all ||= all || waiting.ids.size > MOST_IDS;
  if (!isDue) setTimeout(fetchChanged, QUIET);
  isDue = true;
}

async function fetchChanged() {
  if (isCarrying()) {
    setTimeout(fetchChanged, QUIET * 4);
    return;
  }
  const wanted = takeWaiting();
  const before = written;
  try {
    const html = await askText(address("/days", valuesOf(wanted)), { isQuiet: true });
    isDue = false;
    if (before !== written || isCarrying()) refresh(wanted);
    else draw(html);
    if (isWaiting()) refresh({}); // it was told while this was on its way
  } catch {
    isDue = false; // the stream says hello when the connection is back, and then all is fetched
  }
}

const isWaiting = () => waiting.all || waiting.ids.size > 0 || waiting.days.size > 0;

// With the days on which the changed pieces stand here.
function takeWaiting() {
  const { ids, days, all } = { ids: [...waiting.ids], days: [...waiting.days], all: waiting.all };
  for (const id of ids) {
    for (const entry of document.querySelectorAll(`.day [data-id="${id}"]`))
      days.push(entry.closest(".day").dataset.day);
  }
  waiting.ids.clear();
  waiting.days.clear();
  waiting.all = false;
  return { ids, days, all };
}

function valuesOf({ ids, days, all }) {
  const isNew = (id) => performance.now() - movedAt.get(id) < NEW_FOR;
  const named = all ? daysShown().map((day) => day.dataset.day) : days;
  return {
    ids: all ? "" : ids.join(),
    days: [...new Set(named)].join(),
    new: [...movedAt.keys()].filter(isNew).join(),
  };
}

document.addEventListener("undone", ({ detail: { topic, ids } }) => {
  if (topic === "content") for (const id of ids) keepInSight(String(id));
});
document.addEventListener("notices", ({ detail: { topic, ids } }) => {
  if (topic === "content") refresh({ ids });
  if (WHOLE.has(topic)) refresh({ all: true });
});
