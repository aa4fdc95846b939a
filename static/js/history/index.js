// From change to change: J and K, or the arrows above. The list beside says which one it is.
import { byId, isShortcut } from "../common/dom.js";

const changes = [...document.querySelectorAll("[data-change]")];
const stepper = document.querySelector(".stepper");
let at = -1;

function go(to) {
  if (!changes.length) return;
  at = Math.max(0, Math.min(changes.length - 1, to));
  for (const [number, one] of changes.entries()) one.classList.toggle("is-now", number === at);
  for (const link of document.querySelectorAll("[data-to]")) {
    if (link.dataset.to === changes[at].dataset.change) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  changes[at].scrollIntoView({ block: "center" });
  changes[at].focus({ preventScroll: true });
  byId("step").textContent = `${at + 1} of ${changes.length}`;
}

if (stepper) stepper.hidden = false;

document.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  const link = event.target.closest("[data-to]");
  if (step) go(at + Number(step.dataset.step));
  if (!link) return;
  event.preventDefault();
  go(changes.findIndex((one) => one.dataset.change === link.dataset.to));
});

document.addEventListener("keydown", (event) => {
  const by = { j: 1, k: -1 }[event.key];
  if (by && isShortcut(event) && !event.repeat) go(at + by);
});
