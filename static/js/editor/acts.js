// Acts on the piece (data-desk-act): all that was typed is saved first, and the act names what was saved.
// Ctrl-Enter does what the state of the piece makes the next step; Ctrl-S saves now.
import { toast } from "../common/toasts.js";
import * as pictures from "./pictures.js";
import { isSettled, saveNow, settle, version } from "./saving/saver.js";

async function act(form, button) {
  if (await pictures.saved()) await saveNow("manual"); // they have made another version
  const problem = await settle();
  if (problem) toast({ kind: "problem", text: `Nothing was done yet, because not all is saved: ${problem}` });
  else form.requestSubmit(button);
}

// It comes here again when the page has asked whether there is a session (layout/forms.js).
document.addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (!form.matches("[data-desk-act]") || !version()) return;
  form.querySelector('[name="version"]').value = version();
  if (isSettled() && pictures.areSaved()) return;
  event.preventDefault();
  act(form, submitter);
});

// A field that is not of the text says that it changed when it is left: it is, and comes back.
async function leaveField() {
  const field = document.activeElement;
  if (!field?.matches("input, textarea")) return;
  field.blur();
  field.focus({ preventScroll: true });
  await new Promise((passed) => setTimeout(passed)); // then what it caused has begun
}

document.addEventListener("keydown", async (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || document.querySelector("dialog:modal")) return;
  if (event.key === "Enter") {
    event.preventDefault();
    await leaveField();
    document.querySelector("[data-primary]")?.click();
  } else if (event.key.toLowerCase() === "s" && !event.shiftKey) {
    event.preventDefault();
    await leaveField();
    saveNow("manual");
  }
});
