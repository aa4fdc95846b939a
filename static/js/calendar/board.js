// What stands on the calendar: its root, its days, its pieces, where each is and which may move.
import { byId } from "../common/dom.js";

let carrying = false;

export const root = () => byId("calendar");
export const days = () => [...document.querySelectorAll("#days > .day")];

// A piece stands in a day, in the tray, or in the whole day that lies over the board.
export const entryOf = (id) => byId(`c${id}`) ?? byId(`t${id}`) ?? byId(`w-c${id}`);
export const titleOf = (entry) => entry.querySelector(".entry-title").lastChild.textContent.trim(); // behind why it will not go out
export const mayMove = (entry) => Boolean(entry) && "move" in entry.dataset && "mayMove" in root().dataset;

// Whether something is in the hand (carry.js says so): nothing changes or appears under it.
export const isCarrying = () => carrying;
export function setCarrying(is) {
  carrying = is;
}

// `day` is "" in the tray, `time` where it has none.
export const placeOf = (entry) => ({
  id: entry.dataset.id,
  seen: entry.dataset.seen,
  day: entry.closest("[data-day]")?.dataset.day ?? entry.closest("[data-from]")?.dataset.from ?? "",
  time: entry.dataset.seen ? entry.querySelector("time").textContent : "", // its own, not where it failed
});
