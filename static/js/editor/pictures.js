// Pictures of the piece as files: a new one, or one that takes the place of another. The part of the page
// that shows them is drawn anew when the piece has changed.
import { byId, csrf } from "../common/dom.js";
import { eventsOf, inSession, tell } from "../common/session.js";
import { toast } from "../common/toasts.js";
import { isLive } from "../live/parts.js";

const addressOf = () => `/content/${byId("desk").dataset.id}`;

function choose(run) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/png,image/jpeg,image/gif,image/webp";
  input.addEventListener("change", () => input.files[0] && run(input.files[0]));
  input.click();
}

// The picture's ref, by which the text names it; "" where it was refused, which is said.
export async function upload(file, { image_type = "in_article", ref = "" } = {}) {
  const query = new URLSearchParams({ filename: file.name ?? "", image_type, ref });
  const headers = () => ({
    "Content-Type": file.type || "application/octet-stream",
    "HX-Request": "true",
    "X-CSRF-Token": csrf(),
    "X-Page-Of": document.body.dataset.pageOf,
  });
  const send = () => fetch(`${addressOf()}/picture-files?${query}`, { method: "POST", body: file, headers: headers() });
  try {
    const answer = await inSession(send);
    if (answer.ok) return (await answer.json()).ref;
    tell(answer);
    toast(eventsOf(answer).toast ?? { kind: "problem", text: "The picture was not taken." });
  } catch {
    toast({ kind: "problem", text: "IGNY8 did not answer, so the picture was not taken. Try it again." });
  }
  return "";
}

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

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-add], [data-replace]");
  if (!button) return;
  const { add, replace } = button.dataset;
  choose((file) => upload(file, add ? { image_type: add } : { ref: replace }));
});
