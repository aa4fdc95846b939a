// "+N more" opens the whole day over the calendar.
import { byId, opensElsewhere } from "../common/dom.js";
import { askText, refuse } from "../common/server.js";
import { address } from "./address.js";
import { hidePeek, isPeeking, putBeside } from "./peek.js";
import { rove } from "./roving.js";

const whole = () => byId("whole-day");
let opener = null; // the id of the link that opened it

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open-day]");
  if (!link || opensElsewhere(event)) return;
  event.preventDefault();
  open(link);
});

async function open(link) {
  const day = link.closest(".day");
  try {
    whole().innerHTML = await askText(address(`/days/${day.dataset.day}`));
  } catch (problem) {
    refuse(problem, () => link.click());
    return;
  }
  hidePeek();
  opener = link.id;
  if (!whole().matches(":popover-open")) whole().showPopover();
  putBeside(whole(), link.closest(".day"));
  rove();
  firstFrom(link.dataset.openDay)?.focus();
}

// The first piece from that hour on.
function firstFrom(hour) {
  const all = [...whole().querySelectorAll(".entry")];
  return all.find((entry) => entry.querySelector("time").textContent >= hour) ?? all[0];
}

function hideWhole() {
  if (!whole().matches(":popover-open")) return;
  const hadFocus = whole().contains(document.activeElement);
  whole().hidePopover();
  if (hadFocus) byId(opener)?.focus({ preventScroll: true });
}

// What lies on top: the details, or else the whole day.
export function hideTop() {
  const isInside = whole().contains(document.activeElement);
  if (isPeeking() && !isInside) return hidePeek();
  hidePeek();
  hideWhole();
}

export function hideAll() {
  hidePeek();
  hideWhole();
}

document.addEventListener("click", (event) => {
  const isInside = event.target.closest("#whole-day, #peek, dialog, [data-open-day]");
  if (event.target.closest("#whole-day [data-close]") || !isInside) hideWhole();
});
