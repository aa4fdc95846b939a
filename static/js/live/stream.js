// One stream of notices per visible tab. Each notice is told to the page as the event "notices",
// { topic, ids }: what changed, without its content. "hello" says that the stream begins anew, and
// that whatever was told meanwhile was missed. While nobody answers, a line on the page says so.
import { byId } from "../common/dom.js";

const RETRY = 3000; // ms: after the server closed the stream
const PATIENCE = 4000; // ms: a stream that is back by then was not missed
let stream = null;
let lost = 0; // the timer that says so

const tell = (topic, ids) => document.dispatchEvent(new CustomEvent("notices", { detail: { topic, ids } }));

function open() {
  if (document.hidden || stream) return;
  stream = new EventSource(document.body.dataset.events);
  stream.addEventListener("hello", () => tell("hello", []));
  stream.addEventListener("changed", (event) => {
    const { topic, ids } = JSON.parse(event.data);
    tell(topic, ids);
  });
  stream.addEventListener("error", failed);
  stream.addEventListener("open", () => {
    document.body.dataset.stream = "open";
    document.dispatchEvent(new Event("found"));
    found();
  });
}

function failed() {
  document.body.dataset.stream = "lost";
  lost ||= setTimeout(sayLost, PATIENCE);
  if (stream?.readyState !== EventSource.CLOSED) return;
  close();
  setTimeout(open, RETRY);
}

function close() {
  stream?.close();
  stream = null;
  if (document.hidden) found();
  document.body.dataset.stream = "closed";
}

// Why the stream is gone: nobody answers, or the session is over. Looked at again until it is back.
async function sayLost() {
  const isOver = await sessionIsOver();
  if (!lost) return; // it came back meanwhile
  lost = setTimeout(sayLost, PATIENCE);
  const words = byId(isOver ? "signed-out-words" : "lost-words");
  const line = byId("lost-line");
  if (line && line.textContent !== words.content.textContent) line.replaceChildren(words.content.cloneNode(true));
}

async function sessionIsOver() {
  try {
    return (await fetch("/layout/line", { redirect: "manual" })).type === "opaqueredirect";
  } catch {
    return false;
  }
}

function found() {
  clearTimeout(lost);
  lost = 0;
  byId("lost-line")?.replaceChildren();
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
addEventListener("pagehide", close);
addEventListener("pageshow", open);
// Not before the page's own scripts have run: they listen to the notices as well.
document.addEventListener("DOMContentLoaded", open);
