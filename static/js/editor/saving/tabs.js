// Other tabs of this browser with the same piece: each is told of the others, and of what they save.
import { byId } from "../../common/dom.js";

// `heard` runs when another tab has saved.
export function meetTabs(whose, heard) {
  const channel = new BroadcastChannel(`igny8-writing:${whose}`);
  channel.addEventListener("message", ({ data }) => {
    if (data === "opened") channel.postMessage("here");
    if (data === "saved") heard();
    else sayTwice();
  });
  channel.postMessage("opened");
  return { saved: () => channel.postMessage("saved") };
}

function sayTwice() {
  if (byId("twice")) return;
  const note = document.createElement("div");
  note.className = "desk-note";
  note.id = "twice";
  const words = document.createElement("p");
  words.textContent =
    "You have this piece open in another tab, too. Both save, and what you type in one comes into the other.";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "link";
  button.textContent = "Understood";
  button.addEventListener("click", () => note.remove());
  note.append(words, button);
  byId("desk-notes").append(note);
}
