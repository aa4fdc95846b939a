// A place within a live part where an act is answered. Fetching the part again knows nothing of how
// the last act in it was answered: what stands there stays, until what it speaks of has changed.
//
//   data-told="content record"        the topics of which it speaks
import { isLive, keysOf, noticedAt } from "./parts.js";

const told = new WeakMap(); // place → when it was answered

document.addEventListener("htmx:finally:request", (event) => {
  if (isLive(event.detail.ctx.sourceElement)) return;
  for (const place of document.querySelectorAll("[data-told]")) told.set(place, performance.now());
});

function keepTold(part) {
  for (const place of part.querySelectorAll("[data-told]")) {
    const topics = place.dataset.told.split(" ");
    const since = told.get(place) ?? 0;
    const isOver = keysOf(part).some((key) => topics.includes(key.split(":")[0]) && noticedAt(key) > since);
    place.toggleAttribute("hx-morph-skip", place.childElementCount > 0 && !isOver);
  }
}

document.addEventListener("htmx:before:swap", ({ detail }) => {
  if (isLive(detail.ctx.sourceElement)) keepTold(detail.ctx.sourceElement);
});
document.addEventListener("htmx:after:swap", () => {
  for (const place of document.querySelectorAll("[hx-morph-skip]")) place.removeAttribute("hx-morph-skip");
});
