// The pieces before and after the open one are fetched ahead, so that a key opens them at once. What
// was fetched is forgotten when a notice says that something has changed.
import { askText } from "../common/server.js";
import { neighbour } from "./opening.js";

const QUIET = 300; // ms after a piece was opened, or something changed
const ahead = new Map(); // address → its text on the way
let timer = 0;

function fetchAhead() {
  for (const link of [neighbour(1), neighbour(-1)]) {
    const address = link?.matches(".row-link") ? link.getAttribute("hx-get") : null;
    if (!address || ahead.has(address)) continue;
    const text = askText(address);
    text.catch(() => ahead.delete(address)); // it is asked for again when it is opened
    ahead.set(address, text);
  }
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(fetchAhead, QUIET);
}

document.addEventListener("notices", () => {
  ahead.clear();
  soon();
});

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  const text = ahead.get(ctx.request.action);
  if (ctx.target?.id !== "pane" || !text) return;
  ahead.delete(ctx.request.action);
  ctx.fetch = async (address, request) =>
    text.then(
      (html) => new Response(html, { status: 200, headers: { "Content-Type": "text/html" } }),
      () => fetch(address, request),
    );
});

document.addEventListener("htmx:after:swap", (event) => {
  if (event.detail?.ctx?.target?.id === "pane") soon();
});
soon();
