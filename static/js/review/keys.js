// Review by keyboard. Letters that decide act on the open piece, and only with the focus in the list
// or in the piece. A button says which letter is its own:
//
//   data-key         it is pressed
//   data-focus-key   it gets the focus, and Enter presses it: what goes live needs a second key
//   data-open-key    its form is opened, with the focus in its first field or on its button
import { byId, isShortcut } from "../common/dom.js";
import { step } from "./opening.js";

const WITHIN = "#list, #pane";
const JUST_DECIDED = 400; // ms: whoever pressed the key twice meant the piece before
let decidedAt = -JUST_DECIDED;
const showKeys = () => byId("keys").showModal();
const MOVES = { j: () => step(1), k: () => step(-1), "/": () => byId("q").focus(), "?": showKeys };

const ACTS = {
  "data-key": (button) => performance.now() - decidedAt > JUST_DECIDED && button.click(),
  "data-focus-key": (button) => {
    button.focus({ preventScroll: true });
    showWhole(button);
  },
  "data-open-key": (summary) => {
    const fold = summary.closest("details");
    fold.open = true;
    const first = fold.querySelector("textarea, button");
    first.focus({ preventScroll: true });
    showWhole(first);
  },
};

// Where it is out of sight, or under the bar, it is brought to the middle.
function showWhole(element) {
  const whole = element.closest("form") ?? element;
  const { top, bottom } = whole.getBoundingClientRect();
  const bar = element.closest(".decide") ? null : document.querySelector("#pane .decide");
  if (top < 0 || bottom > (bar?.getBoundingClientRect().top ?? innerHeight)) whole.scrollIntoView({ block: "center" });
}

// However a form was opened, it is in sight as a whole.
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.open && target.matches("#pane details.fold-act")) showWhole(target.querySelector("form"));
  },
  true,
);

// What the key does with the open piece, where that is in sight; null where it does nothing.
function actOf(key) {
  for (const [name, act] of Object.entries(ACTS)) {
    const button = document.querySelector(`#pane [${name}="${CSS.escape(key)}"]`);
    if (button?.checkVisibility()) return () => act(button);
  }
  return null;
}

// A row that has the focus and is not the open piece: it is opened first, so that what is decided on
// was seen.
function unseen(target) {
  const link = target.closest(".row")?.querySelector(".row-link");
  return link && !link.hasAttribute("aria-current") ? link : null;
}

function decide(event) {
  const act = event.repeat || !event.target.closest(WITHIN) ? null : actOf(event.key);
  if (!act) return false;
  const link = unseen(event.target);
  if (link) link.click();
  else act();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event) || document.querySelector("dialog[open]")) return;
  const move = MOVES[event.key];
  if (!move && !decide(event)) return;
  move?.();
  event.preventDefault();
});

for (const decided of ["decided", "scheduled"])
  document.addEventListener(decided, () => {
    decidedAt = performance.now();
  });

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-show-keys]")) showKeys();
});

// Escape closes a form, and the focus is on what has opened it.
document.addEventListener("keydown", (event) => {
  const fold = event.target.closest("#pane details.fold-act[open]");
  if (event.key !== "Escape" || !fold) return;
  fold.open = false;
  fold.querySelector("summary").focus();
});
