// Acts on the piece (data-desk-act): all that was typed is saved first, and the act names what was saved.
// Ctrl-Enter does what the state of the piece makes the next step; Ctrl-S saves now.
import { toast } from "../common/toasts.js";
import { saveNow, settle, version } from "./saving/saver.js";

const ready = new WeakSet(); // forms that go out now

async function act(form, button) {
  const problem = await settle();
  if (problem) {
    toast({ kind: "problem", text: `Nothing was done yet, because not all is saved: ${problem}` });
    return;
  }
  // What lies beside the piece, or the piece itself: the newest of both is what was saved here.
  form.querySelector('[name="version"]').value = version();
  ready.add(form);
  form.requestSubmit(button);
}

document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.matches("[data-desk-act]") || !version() || ready.delete(form)) return;
  event.preventDefault();
  act(form, submitter);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog:modal")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    document.querySelector("[data-primary]")?.click();
  } else if (event.key.toLowerCase() === "s" && !event.shiftKey) {
    event.preventDefault();
    saveNow("manual");
  }
});
