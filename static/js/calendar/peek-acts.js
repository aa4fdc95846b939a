// The buttons in the details of a piece: approve it, ask where to, take it off the calendar.

import { ask, refuse } from "../common/server.js";
import { askWhere, drop } from "./drag.js";
import { forgetDetails, hidePeek, peekedAt } from "./peek.js";

document.addEventListener("click", (event) => {
  const button = event.target.closest("#peek [data-ask], #peek [data-take], #peek [data-approve]");
  if (!button) return;
  const entry = peekedAt();
  if ("approve" in button.dataset) approve(button);
  hidePeek();
  if (!entry?.isConnected) return;
  if ("approve" in button.dataset) entry.focus({ preventScroll: true });
  else if ("ask" in button.dataset) askWhere(entry);
  else drop(entry, { day: "" });
});

async function approve(button) {
  const { approve: id, version } = button.dataset;
  try {
    await ask(`/content/${id}/approval`, { home: "calendar", version });
    forgetDetails(id); // its card is drawn anew when the page hears of it
  } catch (problem) {
    refuse(problem, () => approve(button));
  }
}
