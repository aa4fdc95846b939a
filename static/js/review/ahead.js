// The pieces before and after the open one are fetched ahead, and their texts are drawn out of sight, so
// that a key opens them at once. What was fetched is thrown away when something has changed.
import { askText } from "../common/server.js";
import { neighbour } from "./opening.js";

const QUIET = 300; // ms after a piece was opened, or something has changed
const pane = document.getElementById("pane");
const holder = document.getElementById("ahead");
const canMove = "moveBefore" in Element.prototype; // without loading the text again
const ahead = new Map(); // address → { html, frame }, on the way
const frames = new WeakMap(); // request → the frame that goes into its answer
let timer = 0;
let changes = 0; // how often something has changed

const addressOf = (link) => (link?.matches(".row-link") ? link.getAttribute("hx-get") : null);

async function fetchOne(address) {
  const since = changes;
  const html = await askText(address, { isQuiet: true });
  const frame = new DOMParser().parseFromString(html, "text/html").querySelector("iframe");
  if (!canMove || !frame || since !== changes || !ahead.has(address)) return { html, frame: null };
  holder.append(frame);
  holder.dispatchEvent(new Event("htmx:after:swap", { bubbles: true })); // it is made to fit
  return { html, frame };
}

function forgetAllBut(wanted) {
  for (const address of ahead.keys()) if (!wanted.includes(address)) ahead.delete(address);
  const kept = wanted.map((address) => `preview-${address.match(/\d+/)[0]}`);
  for (const frame of [...holder.children]) if (!kept.includes(frame.id)) frame.remove();
}

function fetchNeighbours() {
  const wanted = [neighbour(1), neighbour(-1)].map(addressOf).filter(Boolean);
  forgetAllBut(wanted);
  for (const address of wanted) {
    if (ahead.has(address)) continue;
    const fetched = fetchOne(address).catch(() => ({ html: "", frame: null }));
    ahead.set(address, fetched);
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(fetchNeighbours, QUIET);
}

// What could not be fetched ahead is asked for when it is opened, and says then why it did not come.
async function answer(ctx, fetched, send) {
  const { html, frame } = await fetched;
  if (!html) return send();
  if (frame?.parentNode !== holder) return answerWith(html);
  frames.set(ctx, frame);
  return answerWith(html.replace(` src="${frame.getAttribute("src")}"`, ""));
}

const answerWith = (html) => new Response(html, { status: 200, headers: { "Content-Type": "text/html" } });

function putText(frame) {
  const empty = pane.querySelector(`#${frame.id}`);
  // Thrown away meanwhile, because something has changed: the text loads anew.
  if (frame.parentNode !== holder) return empty.setAttribute("src", frame.getAttribute("src"));
  empty.parentNode.moveBefore(frame, empty);
  empty.remove();
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const { action } = ctx.request;
  const fetched = ctx.target === pane && ahead.get(action);
  if (!fetched) return;
  ahead.delete(action);
  const send = ctx.fetch;
  ctx.fetch = (address, request) => answer(ctx, fetched, () => send(address, request));
});

document.addEventListener("notices", () => {
  changes += 1;
  forgetAllBut([]);
  soon();
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.ctx?.target !== pane) return;
  if (frames.has(detail.ctx)) putText(frames.get(detail.ctx));
  soon();
});
soon();
