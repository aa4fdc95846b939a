// A small sign-in over the page, whatever else lies open on it; the page stays as it is. Its form is
// htmx's, sent to the one address for signing in, which answers with the new token (the event "csrf").
import { byId, isTyped } from "./dom.js";

const dialog = () => byId("sign-in-again");
const password = () => byId("sign-in-again-password");
const PATIENCE = 10_000; // ms
const REST = 1_500; // ms without a key: then nobody is in the middle of a word
let asked = null; // what all wait for who met the end of the session
let typedAt = -REST;

// Whether the person is signed in again. However many ask, there is one dialog. `atRest`: it takes the focus
// from nobody who types.
export function signInAgain({ atRest = false } = {}) {
  asked ??= open(atRest).finally(() => {
    asked = null;
  });
  return asked;
}

document.addEventListener("keydown", (event) => {
  if (isTyped(event)) typedAt = performance.now();
});

async function rested() {
  const left = typedAt + REST - performance.now();
  if (left <= 0) return;
  await new Promise((passed) => setTimeout(passed, left));
  await rested();
}

async function open(atRest) {
  if (!(await isMade())) return false;
  if (atRest) await rested();
  const focused = document.activeElement;
  const back = placeIn(focused);
  dialog().returnValue = "";
  dialog().showModal();
  password().focus();
  const isAgain = await new Promise((answer) => {
    dialog().addEventListener("close", () => answer(dialog().returnValue === "in"), { once: true });
  });
  password().value = "";
  byId("sign-in-again-problem").replaceChildren();
  if (document.activeElement === document.body) focused.focus({ preventScroll: true });
  if (document.activeElement === focused) back();
  return isAgain;
}

// What brings the caret back to where it stands; a field does that by itself.
function placeIn(focused) {
  const selection = getSelection();
  if (!focused.isContentEditable || !focused.contains(selection.anchorNode)) return () => {};
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  return () => {
    if (anchorNode.isConnected && focusNode.isConnected)
      getSelection().setBaseAndExtent(anchorNode, anchorOffset, focusNode, focusOffset);
  };
}

// It is on no page before it is needed. Its person is the page's.
async function isMade() {
  if (dialog()) return true;
  try {
    const options = { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(PATIENCE) };
    const answer = await fetch("/sign-in", options);
    if (answer.ok) document.body.insertAdjacentHTML("beforeend", await answer.text());
  } catch {
    return false; // nobody answers any more
  }
  if (!dialog()) return false;
  dialog().querySelector("[name=person]").value = document.body.dataset.pageOf;
  byId("sign-in-again-email").value = document.body.dataset.email;
  htmx.process(dialog());
  return true;
}

const isIn = () => dialog()?.open && dialog().close("in");

document.addEventListener("csrf", isIn);
document.addEventListener("found", isIn); // another tab has signed in, and the stream is there again

document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.ctx?.target?.id === "sign-in-again-problem" && dialog().open) password().select();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cancel-sign-in]")) dialog().close();
  if (!event.target.closest('a[href="/sign-in"]')) return;
  event.preventDefault();
  signInAgain();
});
