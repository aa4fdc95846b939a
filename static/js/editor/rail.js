// The tabs beside the text, and the drawer that they are where there is no room for them. A mark on
// Checks says that something is to be put right.
import { byId } from "../common/dom.js";

const tabs = () => [...document.querySelectorAll(".rail [role=tab]")];

export function open(tab, { focus = false } = {}) {
  for (const one of tabs()) {
    const isChosen = one === tab;
    one.setAttribute("aria-selected", isChosen);
    one.tabIndex = isChosen ? 0 : -1;
    byId(one.getAttribute("aria-controls")).hidden = !isChosen;
  }
  if (focus) tab.focus();
}

function turnDrawer(isOpen) {
  const rail = byId("rail");
  rail.toggleAttribute("data-open", isOpen);
  const opener = document.querySelector(".desk-foot [data-rail]");
  opener.setAttribute("aria-expanded", isOpen);
  if (isOpen)
    tabs()
      .find((one) => one.tabIndex === 0)
      ?.focus();
  else if (rail.contains(document.activeElement)) opener.focus();
}

document.addEventListener("click", ({ target }) => {
  const tab = target.closest(".rail [role=tab]");
  if (tab) open(tab);
  if (target.closest("[data-rail]")) turnDrawer(!byId("rail").hasAttribute("data-open"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && byId("rail").hasAttribute("data-open")) return turnDrawer(false);
  const tab = event.target.closest?.(".rail [role=tab]");
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  if (!tab || !(event.key in steps)) return;
  event.preventDefault();
  const all = tabs();
  open(all.at((all.indexOf(tab) + steps[event.key]) % all.length), { focus: true });
});

function mark() {
  const { blocking, warnings } = byId("editor-checks").dataset;
  const worst = Number(blocking) ? "block" : Number(warnings) ? "warn" : "";
  const tab = byId("tab-checks");
  if (worst) tab.dataset.mark = worst;
  else delete tab.dataset.mark;
  tab.title = worst === "block" ? "Checks: something must change" : "Checks";
}
document.addEventListener("htmx:after:swap", mark);
mark();
