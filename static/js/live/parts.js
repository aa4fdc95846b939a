// Parts of a page that keep themselves fresh. When a notice names what a part shows, it fetches its
// own fragment again, so whatever was missed is made good by the next fetch.
//
//   data-live="content:12 record:7"   what the element shows ("content:*" for any)
//   hx-get, hx-trigger="live"         where its fragment is
//   data-look-again                   while it stands there, it is fetched every few seconds
//   data-live-group                   a list of such elements: fetched as a whole on reconnect, and
//                                     when something changed that it does not show yet
import { byId } from "../common/dom.js";

const QUIET = 50; // ms: notices that come together cause one fetch
const GROUP_QUIET = 500; // ms: lists are bigger
const LOOK_AGAIN = 5000; // ms: what says that something is wrong may have been over before a notice was due
const busy = new Set(); // ids of elements whose fragment is on its way
const again = new Set(); // ids that changed meanwhile
const due = new Set(); // ids that are about to be fetched
const noticed = new Map(); // key → when a notice named it last
let isLeft = false; // signing out: the session may be over while the page still stands

const all = () => [...document.querySelectorAll("[data-live]")];
const isNew = (topic, id) => !document.querySelector(`[data-live~="${topic}:${id}"]`);

export const keysOf = (element) => element.dataset.live.split(" ");
export const isLive = (element) => Boolean(element?.matches?.("[data-live]"));

// When a notice last named the key; -1 if none did.
export const noticedAt = (key) => noticed.get(key) ?? -1;

function shows(element, topic, ids) {
  return keysOf(element).some((key) => {
    if (key === `${topic}:*`) return !element.matches("[data-live-group]") || ids.some((id) => isNew(topic, id));
    return ids.some((id) => key === `${topic}:${id}`);
  });
}

function refresh({ id, dataset }) {
  if (due.has(id)) return;
  due.add(id);
  setTimeout(() => fetchAgain(id), "liveGroup" in dataset ? GROUP_QUIET : QUIET);
}

function fetchAgain(id) {
  due.delete(id);
  const element = byId(id);
  if (!element || isLeft) return;
  if (busy.has(id)) again.add(id);
  else htmx.trigger(element, "live");
}

document.addEventListener("notices", ({ detail: { topic, ids } }) => {
  if (topic === "hello") {
    all()
      .filter((element) => !element.parentElement.closest("[data-live-group]"))
      .forEach(refresh);
    return;
  }
  for (const key of ["*", ...ids]) noticed.set(`${topic}:${key}`, performance.now());
  all()
    .filter((element) => shows(element, topic, ids))
    .forEach(refresh);
});

setInterval(() => {
  if (!document.hidden) document.querySelectorAll("[data-look-again]").forEach(refresh);
}, LOOK_AGAIN);

// -- an answer to a click may overtake, or be overtaken by, the notice that the click caused
document.addEventListener("htmx:before:request", (event) => {
  const { ctx } = event.detail;
  ctx.begunAt = performance.now();
  if (isLive(ctx.sourceElement)) busy.add(ctx.sourceElement.id);
});
document.addEventListener("htmx:finally:request", (event) => {
  const { sourceElement, begunAt } = event.detail.ctx;
  const id = sourceElement?.id;
  if (id && busy.delete(id)) {
    if (again.delete(id)) refresh(sourceElement);
    return;
  }
  all()
    .filter((element) => keysOf(element).some((key) => noticedAt(key) >= begunAt))
    .forEach(refresh);
});

// -- nothing that this page asks for may then lead elsewhere than signing out does
document.addEventListener("submit", ({ target }) => {
  if (target.matches('[action="/sign-out"]')) isLeft = true;
});
addEventListener("pageshow", () => {
  isLeft = false;
});
// And nobody asked for it: the line that the stream is gone says why nothing comes, no toast.
document.addEventListener("htmx:before:response", (event) => {
  const { ctx } = event.detail;
  if (!isLive(ctx.sourceElement)) return;
  if (!isLeft && ![401, 409].includes(ctx.response.status)) return;
  ctx.hx = {};
  event.preventDefault();
});
