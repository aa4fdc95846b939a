// Pictures of the piece as files: a new one, or one that takes the place of another. The part of the page
// that shows them is drawn anew when the piece has changed.
import { byId, csrf } from "../common/dom.js";
import { ask, refuse } from "../common/server.js";
import { eventsOf, inSession, tell } from "../common/session.js";
import { toast } from "../common/toasts.js";
import { isLive } from "../live/parts.js";

const addressOf = () => `/content/${byId("desk").dataset.id}`;

function choose(run) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = KINDS.join();
  input.addEventListener("change", () => input.files[0] && run(input.files[0]));
  input.click();
}

const LARGEST = 10; // MB, as the server takes one
const LOST = "IGNY8 does not answer. The picture waits here, and is sent again.";
const KINDS = ["image/png", "image/jpeg", "image/gif", "image/webp"];

// Why a picture was not taken. `isGone`: nobody answered, so the same may work in a moment.
class NotTaken extends Error {
  constructor(words, isGone = false) {
    super(words);
    this.isGone = isGone;
  }
}

// The picture's ref, by which the text names it. `onProgress` hears how much of it is sent, 0 to 1.
async function send(file, query, { onProgress = () => {}, signal } = {}) {
  const problem = problemOf(file);
  if (problem) throw new NotTaken(problem);
  const answer = await inSession(() => posted(file, new URLSearchParams(query), onProgress, signal));
  if (answer.ok) return refOf(answer);
  if (answer.status === 401) throw new NotTaken("You are signed out. Sign in, then add the picture again.");
  tell(answer);
  const { text = "The picture was not taken." } = eventsOf(answer).toast ?? {};
  throw new NotTaken(text, answer.status >= 500 || answer.status === 429);
}

// What answers may be the page of a network that one has to sign in to.
const refOf = (answer) =>
  answer.json().then(
    ({ ref }) => ref,
    () => {
      throw new NotTaken(LOST, true);
    },
  );

function problemOf({ type, size }) {
  const megabytes = Math.ceil(size / 1024 / 1024);
  if (!KINDS.includes(type)) return "This is no picture that IGNY8 takes. Use a PNG, JPEG, GIF or WebP file.";
  if (size > LARGEST * 1024 * 1024)
    return `This picture has ${megabytes} MB, and one may have at most ${LARGEST}. Make it smaller, then add it again.`;
  return "";
}

// Of what is sent, only this says how far it is.
function posted(file, query, onProgress, signal) {
  const request = new XMLHttpRequest();
  request.open("POST", `${addressOf()}/picture-files?${query}`);
  const headers = { "Content-Type": file.type, "HX-Request": "true", "X-CSRF-Token": csrf() };
  headers["X-Page-Of"] = document.body.dataset.pageOf;
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", ({ loaded, total }) => onProgress(loaded / total));
  signal?.addEventListener("abort", () => request.abort());
  return new Promise((done, fail) => {
    const lost = () => fail(new NotTaken(LOST, true));
    request.addEventListener("load", () => done(answerOf(request)));
    for (const name of ["error", "abort"]) request.addEventListener(name, lost);
    request.send(file);
  });
}

function answerOf(request) {
  const lines = request
    .getAllResponseHeaders()
    .trim()
    .split(/[\r\n]+/);
  const headers = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]);
  return new Response(request.responseText, { status: request.status, headers });
}

// For the text: the address by which it names a new picture of its own. `name` is the picture's: where it is
// sent again, because no answer came, the piece has it once.
export const upload = async (file, { name, ...how }) =>
  `igny8:${await send(file, { name, filename: file.name ?? "", image_type: "in_article" }, how)}`;

// Not one that the piece does not have, as where nothing of it arrived.
export const drop = (name) => ask(`${addressOf()}/pictures`, { act: "remove", ref: name }).catch(() => {});

// What is said of them saves by itself; while that is under way not all is saved.
const underWay = new Set();
const isOfPictures = ({ sourceElement }) => sourceElement.closest?.("#editor-pictures") && !isLive(sourceElement);

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => isOfPictures(ctx) && underWay.add(ctx));
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (underWay.delete(ctx) && !underWay.size) document.dispatchEvent(new Event("pictures:saved"));
});

export const areSaved = () => underWay.size === 0;

// Once they are; whether anything was under way.
export async function saved() {
  if (areSaved()) return false;
  await new Promise((done) => document.addEventListener("pictures:saved", done, { once: true }));
  return true;
}

// What the text says of one of the piece's own pictures is said beside it, too.
export async function describe(address, texts) {
  if (!address.startsWith("igny8:") || !Object.keys(texts).length) return;
  const say = () => ask(`${addressOf()}/pictures`, { ref: address.slice(6), ...texts });
  await say().catch((problem) => refuse(problem, () => describe(address, texts)));
}

// For the text: those of the piece, with the address under which the text shows each.
export function ofPiece() {
  return [...document.querySelectorAll(".rail-picture")].map((one) => {
    const ref = one.id.replace("picture-", "");
    const elsewhere = one.querySelector("p > .link")?.href;
    const alt = byId(`alt-${ref}`).value;
    const name = one.querySelector(".picture-acts .quiet").textContent;
    return { address: elsewhere ?? `igny8:${ref}`, alt, name };
  });
}

// Where the desk finds a picture that the text names.
export const find = (src) => (src.startsWith("igny8:") ? `${addressOf()}/pictures/${src.slice(6)}` : src);

async function sendFromRail(file, query) {
  try {
    await send(file, { filename: file.name, ...query });
  } catch (problem) {
    if (!(problem instanceof NotTaken)) throw problem;
    toast({ kind: "problem", text: problem.isGone ? "IGNY8 does not answer. Try it again." : problem.message });
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-add], [data-replace]");
  if (!button) return;
  const { add, replace } = button.dataset;
  choose((file) => sendFromRail(file, add ? { image_type: add } : { ref: replace }));
});
