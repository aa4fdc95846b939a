// Toasts: lines about what happened elsewhere. What went well leaves by itself; a problem stays until
// it is over. The server sends them as the event "toast" (webapp/core/web.py); scripts call `toast`.
import { byId, removeLater } from "./dom.js";

let asked = ""; // the act that was answered last

// `undo`: the steps that its Undo takes back (undo.js); `act` is a button { word, run }. Of two that say
// the same, or have one `key`, the newer stays; Ctrl-Z reaches the older one's step, too.
export function toast(told) {
  const { text, kind = "ok", key = "" } = told;
  const act = told.act ?? (told.undo?.length ? undoing(told.undo) : null);
  if (told.undo?.length) document.dispatchEvent(new CustomEvent("undoable", { detail: { steps: told.undo } }));
  const box = onTop(byId("toasts"));
  for (const shown of [...box.children]) {
    if (shown.dataset.text === text || (key && shown.dataset.key === key)) shown.remove();
  }
  const line = document.createElement("div");
  line.className = `toast ${kind === "ok" ? "green" : "red"}`;
  line.dataset.text = text;
  if (key) line.dataset.key = key;
  if (told.undo?.length) line.dataset.undo = told.undo.join();
  if (kind !== "ok") Object.assign(line.dataset, { problem: "yes", act: asked });
  line.append(icon(kind === "ok" ? "circle-check" : "circle-alert"), wordsOf(told));
  if (act) line.append(actButton(act, line));
  line.append(closeButton(line));
  box.append(line);
  rise();
  if (kind === "ok") removeLater(line, act ? 10_000 : 8000);
}

// They stand above what is fixed at the window's end: the bar of decisions and what it has opened, a
// phone's navigation.
function rise() {
  const outcome = document.querySelector("[data-outcome]");
  byId("toasts").style.setProperty("--over", outcome ? `${outcome.offsetHeight + 8}px` : "0px");
  const fixed = document.querySelectorAll(".decide, .decide [open] > form, .side");
  const tops = [...fixed].map((bar) => bar.getBoundingClientRect());
  const above = tops.filter(({ top, height }) => height && top > innerHeight / 4 && top < innerHeight);
  const end = Math.min(innerHeight, ...above.map(({ top }) => top));
  document.documentElement.style.setProperty("--above", `${innerHeight - end}px`);
}
addEventListener("resize", rise);
document.addEventListener("toggle", rise, true);
document.addEventListener("htmx:after:swap", rise);

// Within the dialog that lies on top: what is outside of it can be neither clicked nor read.
function onTop(box) {
  const open = [...document.querySelectorAll("dialog:modal")];
  const home = open.find((dialog) => dialog.id === "sign-in-again") ?? open.at(-1) ?? document.body;
  if (box.parentNode !== home) home.append(box);
  return box;
}

document.addEventListener("close", ({ target }) => target.contains(byId("toasts")) && onTop(byId("toasts")), true);

const undoing = (steps) => ({
  word: "Undo",
  run: () => document.dispatchEvent(new CustomEvent("undo", { detail: { steps } })),
});

function wordsOf({ text, href = "", link = "", aside = false }) {
  const words = document.createElement("div");
  words.append(text);
  if (!href) return words;
  const anchor = document.createElement("a");
  anchor.className = "link";
  anchor.href = href;
  anchor.textContent = link;
  if (aside) anchor.target = "_blank";
  words.append(" ", anchor);
  return words;
}

function actButton({ word, run }, line) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "toast-undo";
  button.textContent = word;
  button.addEventListener("click", () => {
    line.remove();
    run();
  });
  return button;
}

function closeButton(line) {
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-label", "Dismiss");
  button.append(icon("x"));
  button.addEventListener("click", () => line.remove());
  return button;
}

function icon(name) {
  const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

// -- a problem is told until it is over: an act worked, the same act was answered anew, or what was
// lost is back. htmx shows the toast of an answer after this.
function clear(isOver) {
  for (const line of [...byId("toasts").children]) if (isOver(line)) line.remove();
}

export const clearProblems = () => clear((line) => line.dataset.problem);

const actOf = (context) => `${context?.request?.method} ${context?.request?.action}`;

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement?.matches?.("[data-live]")) return;
  clear((line) => line.dataset.problem && (ctx.response.status < 400 || line.dataset.act === actOf(ctx)));
  asked = actOf(ctx);
});
document.addEventListener("found", () => clear((line) => line.dataset.key === "lost"));
document.addEventListener("undone", ({ detail: { steps } }) => clear((line) => line.dataset.undo === steps.join()));
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:error", (event) => {
  const source = event.detail?.ctx?.sourceElement;
  if (source?.matches?.("[data-live]") || event.detail?.ctx?.response) return;
  asked = actOf(event.detail?.ctx);
  toast({ kind: "problem", key: "lost", text: "IGNY8 did not answer. Check your connection, then try again." });
});
