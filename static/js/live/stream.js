// One stream of notices per visible tab. Each notice is told to the page as the event "notices",
// { topic, ids }: what changed, without its content. "hello" says that the stream begins anew, and
// that whatever was told meanwhile was missed. While nobody answers, a line on the page says so, within
// five seconds: the server says every other second that it is still here, and "bye" when the session
// is over.
import { byId } from "../common/dom.js";

const RETRY = 3000; // ms: after the server closed the stream
const PATIENCE = 3000; // ms: a stream that is back by then was not missed
const SILENCE = 3500; // ms: whoever says nothing for longer is not there any more
const REOPENS = 300; // ms: a stream alone that was lost is there again
const ANSWER = 800; // ms
let stream = null;
let silent = 0; // the timer that takes it for lost
let lost = 0; // the timer that says so

const tell = (topic, ids) => document.dispatchEvent(new CustomEvent("notices", { detail: { topic, ids } }));

function open() {
  if (document.hidden || stream) return;
  stream = new EventSource("/events");
  stream.addEventListener("hello", () => tell("hello", []));
  stream.addEventListener("changed", (event) => {
    const { topic, ids } = JSON.parse(event.data);
    tell(topic, ids);
  });
  stream.addEventListener("bye", ended);
  for (const word of ["hello", "changed", "here"]) stream.addEventListener(word, waitForMore);
  stream.addEventListener("error", failed);
  stream.addEventListener("open", () => {
    document.body.dataset.stream = "open";
    document.dispatchEvent(new Event("found"));
    found();
  });
}

function waitForMore() {
  clearTimeout(silent);
  silent = setTimeout(beginAnew, SILENCE);
}

// Where only the stream was lost, it is open again before anything is said.
function beginAnew() {
  document.body.dataset.stream = "lost";
  lost ||= setTimeout(sayLost, REOPENS);
  close();
  open();
}

// The session is over: nothing comes before there is another.
function ended() {
  close();
  sayLost();
  setTimeout(open, RETRY);
}

function failed() {
  document.body.dataset.stream = "lost";
  lost ||= setTimeout(sayLost, PATIENCE);
  if (stream?.readyState !== EventSource.CLOSED) return;
  close();
  setTimeout(open, RETRY);
}

function close() {
  clearTimeout(silent);
  stream?.close();
  stream = null;
  if (document.hidden) found();
  document.body.dataset.stream = "closed";
}

// Why the stream is gone: nobody answers, or the session is over. Looked at again until it is back.
async function sayLost() {
  clearTimeout(lost);
  lost = setTimeout(sayLost, PATIENCE);
  const status = await statusOfSession();
  if (!lost) return; // it came back meanwhile
  if (status === 200 && !stream) return open(); // somebody signed in again, in another tab
  const words = byId(status === 401 ? "signed-out-words" : "lost-words");
  const line = byId("lost-line");
  if (line && line.textContent !== words.content.textContent) line.replaceChildren(words.content.cloneNode(true));
}

// 0 where nobody answers.
async function statusOfSession() {
  try {
    const options = { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(ANSWER) };
    return (await fetch("/session", options)).status;
  } catch {
    return 0;
  }
}

function found() {
  clearTimeout(lost);
  lost = 0;
  byId("lost-line")?.replaceChildren();
}

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
document.addEventListener("signed-out", sayLost);
document.addEventListener("csrf", ({ detail }) => {
  if (!detail.isNew) return;
  close();
  open();
});
addEventListener("pagehide", close);
addEventListener("pageshow", open);
// Not before the page's own scripts have run: they listen to the notices as well.
document.addEventListener("DOMContentLoaded", open);
