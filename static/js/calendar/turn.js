// Another view, other days, filters or sites, without losing what is carried. Tells the page "calendar:turned".
import { byId, opensElsewhere } from "../common/dom.js";
import { askText, refuse } from "../common/server.js";
import { root } from "./board.js";
import { keepFolds, remember } from "./draw.js";

const isNarrow = matchMedia("(max-width: 44rem)");

let newest = 0; // of several turns under way the last one counts, whichever is answered last

export async function turn(url, { push = true } = {}) {
  const fresh = document.createElement("template");
  const number = ++newest;
  fresh.innerHTML = await askText(url);
  if (number !== newest) return;
  const focused = document.activeElement?.id;
  keepFolds(fresh.content);
  root().replaceWith(fresh.content);
  if (push) history.pushState({}, "", url);
  document.title = `${root().dataset.title} · IGNY8`;
  htmx.process(root());
  remember();
  showBeginning();
  document.dispatchEvent(new Event("calendar:turned"));
  document.dispatchEvent(new Event("calendar:drawn"));
  if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
}

// A week opens where the site's hours begin, or now; a month at today, wherever that stands.
export function showBeginning() {
  const { view, today, opens } = root().dataset;
  if (view === "month") byId(`d${today}`)?.scrollIntoView({ block: isNarrow.matches ? "start" : "nearest" });
  if (view !== "week") return;
  const label = document.querySelector(`.hours [data-hour="${opens}"]`);
  const board = byId("board");
  if (label) board.scrollTop += label.getBoundingClientRect().top - board.getBoundingClientRect().top - 32;
}

const goTo = (url) => turn(url).catch((problem) => refuse(problem, () => goTo(url)));

document.addEventListener("click", (event) => {
  const link = event.target.closest(".turn a, .switch a, .filter-word, .bar-site");
  if (!link || opensElsewhere(event)) return;
  event.preventDefault();
  goTo(link.href);
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".calendar-filters")) return;
  event.preventDefault();
  const given = [...new FormData(event.target)].filter(([, value]) => value);
  goTo(`${event.target.action}?${new URLSearchParams(given)}`);
});

const turnBack = () => turn(location.href, { push: false }).catch((problem) => refuse(problem, () => turnBack()));
addEventListener("popstate", turnBack);
