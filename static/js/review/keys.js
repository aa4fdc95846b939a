// Review by keyboard. Letters that decide act on the open piece, and only with the focus in the list
// or in the piece. A button says which letter is its own:
//
//   data-key         it is pressed
//   data-focus-key   it gets the focus, and Enter presses it: what goes live needs a second key
//   data-open-key    its form is opened, with the focus in its first field or on its button
import { byId, isShortcut } from "../common/dom.js";
import { step } from "./opening.js";

const WITHIN = "#list, #pane";
const showKeys = () => byId("keys").showModal();
const MOVES = { j: () => step(1), k: () => step(-1), "/": () => byId("q").focus(), "?": showKeys };

function openForm(summary) {
  const fold = summary.closest("details");
  fold.open = true;
  fold.querySelector("textarea, button").focus();
}

function decide(key) {
  const of = (name) => document.querySelector(`#pane [${name}="${key}"]`);
  if (of("data-key")) of("data-key").click();
  else if (of("data-focus-key")) of("data-focus-key").focus();
  else if (of("data-open-key")) openForm(of("data-open-key"));
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event) || document.querySelector("dialog[open]")) return;
  const move = MOVES[event.key];
  if (move) move();
  else if (!event.target.closest(WITHIN) || event.repeat || !decide(event.key)) return;
  event.preventDefault();
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
