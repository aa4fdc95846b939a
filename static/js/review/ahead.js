// The pieces before and after the open one are fetched ahead, and their texts are drawn out of sight, so
// that a key opens them at once. What was fetched is thrown away when something has changed.
import { askText } from "../common/server.js";
import { neighbour } from "./opening.js";

const QUIET = 300; // ms after a piece was opened, or something has changed
const pane = document.getElementById("pane");
const holder = document.getElementById("ahead");
const canMove = "moveBefore" in Element.prototype; // without loading the text again
const ahead = new Map(); // address → { html, frame }, on the way
let timer = 0;

const addressOf = (link) => (link?.matches(".row-link") ? link.getAttribute("hx-get") : null);

async function fetchOne(address) {
  const html = await askText(address);
  const frame = new DOMParser().parseFromString(html, "text/html").querySelector("iframe");
  if (!canMove || !frame || !ahead.has(address)) return { html, frame: null };
  holder.append(frame);
  holder.dispatchEvent(new Event("htmx:after:swap", { bubbles: true })); // it is made to fit
  return { html, frame };
}

function forget(address) {
  ahead.get(address)?.then(({ frame }) => frame?.parentNode === holder && frame.remove());
  ahead.delete(address);
}

function fetchNeighbours() {
  const wanted = [neighbour(1), neighbour(-1)].map(addressOf).filter(Boolean);
  for (const address of ahead.keys()) if (!wanted.includes(address)) forget(address);
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
async function answer(fetched, address, request) {
  const { html, frame } = await fetched;
  if (!html) return fetch(address, request);
  if (frame) document.addEventListener("htmx:after:swap", () => putText(frame), { once: true });
  const text = frame ? html.replace(` src="${frame.getAttribute("src")}"`, "") : html;
  return new Response(text, { status: 200, headers: { "Content-Type": "text/html" } });
}

function putText(frame) {
  const empty = pane.querySelector(`#${frame.id}`);
  if (!empty) return;
  empty.parentNode.moveBefore(frame, empty);
  empty.remove();
}

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const { action } = ctx.request;
  const fetched = ctx.target === pane && ahead.get(action);
  if (!fetched) return;
  ahead.delete(action);
  ctx.fetch = (address, request) => answer(fetched, address, request);
});

document.addEventListener("notices", () => {
  for (const address of [...ahead.keys()]) forget(address);
  soon();
});
document.addEventListener("htmx:after:swap", ({ detail }) => {
  if (detail?.ctx?.target === pane) soon();
});
soon();
