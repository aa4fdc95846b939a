// The calendar's dialogs: where to, and what makes room. Each answers with what was chosen.
import { byId } from "../common/dom.js";
import { placeOf, root, titleOf } from "./board.js";

// The dialog's value when it closes: "" if it was left.
function answerOf(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((answer) => {
    dialog.addEventListener("close", () => answer(dialog.returnValue), { once: true });
  });
}

// { day, time, insert } as typed, with day "" for the tray; null if the dialog was left. `wanted.wrong`
// is why it could not be put there.
export async function chooseWhere(entry, wanted) {
  const { id, day, time } = placeOf(entry);
  byId("move-what").textContent = titleOf(entry);
  byId("move-day").value = wanted.day ?? day;
  byId("move-time").value = wanted.time ?? time;
  byId("move-insert").checked = Boolean(wanted.insert);
  byId("move-tray").hidden = !day;
  byId("move-more").href = `/content/${id}/schedule`;
  byId("move-keeps").hidden = !time;
  byId("move-gets").hidden = Boolean(time);
  byId("move-wrong").textContent = wanted.wrong ?? "";
  const answer = await answerOf(byId("move-dialog"));
  if (!answer) return null;
  if (answer === "tray") return { day: "" };
  return { day: byId("move-day").value, time: byId("move-time").value, insert: byId("move-insert").checked };
}

function faultOf() {
  if (byId("move-day").value < root().dataset.today) return "That day is past.";
  if (byId("move-insert").checked && !byId("move-time").value) return "Say at which time it shall be inserted.";
  return "";
}

document.addEventListener("submit", (event) => {
  if (event.target.id !== "move-form" || event.submitter.value !== "move") return;
  const fault = faultOf();
  byId("move-wrong").textContent = fault;
  if (fault) event.preventDefault();
});

export async function confirmInsertion(preview) {
  const dialog = byId("insert-dialog");
  dialog.innerHTML = preview;
  return (await answerOf(dialog)) === "insert";
}
