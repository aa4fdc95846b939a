// The queue by keyboard: j and k from row to row, x ticks, / searches.
import { byId, isShortcut } from "../common/dom.js";

const row = () => document.activeElement?.closest(".queue-row");

function step(by) {
  const titles = [...document.querySelectorAll(".queue-title")];
  const at = titles.indexOf(row()?.querySelector(".queue-title"));
  titles[at < 0 ? 0 : Math.min(Math.max(at + by, 0), titles.length - 1)]?.focus();
}

document.addEventListener("keydown", (event) => {
  if (!isShortcut(event) || document.querySelector("dialog[open]")) return;
  const tick = row()?.querySelector('input[name="id"]');
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "x" && tick) tick.click();
  else if (event.key === "/") byId("q").focus();
  else return;
  event.preventDefault();
});
