// The editor: what is typed, in the text and in the fields around it, is saved by itself. The piece comes
// byte for byte from the server; no form field would keep it so.
import "../layout/looking.js";
import "./acts.js";
import "./entries.js";
import "./focus-mode.js";
import "./rail.js";
import { byId } from "../common/dom.js";
import { ask } from "../common/server.js";
import { toast } from "../common/toasts.js";
import * as fields from "./fields.js";
import * as pictures from "./pictures.js";
import { openPlainText } from "./plain-text.js";
import { begin as beginPresence } from "./presence.js";
import * as known from "./saving/known.js";
import * as saver from "./saving/saver.js";
import { bringBack } from "./saving/typed-before.js";
import { fetchDraft } from "./saving/wire.js";
import { showText } from "./search-result.js";

const desk = byId("desk");

// The surface for the text; a plain one where that cannot be had, so that the page works all the same.
const SURFACE = "./text/index.js";

async function openSurface(options) {
  try {
    const { openText } = await import(SURFACE);
    return await openText(options);
  } catch (problem) {
    console.warn("The text opens as its source:", problem.message);
    return openPlainText(options);
  }
}

// Pieces of the site to link to: [{ title, address, state }].
const links = async (query) => (await ask(`/content/${desk.dataset.id}/links?q=${encodeURIComponent(query)}`)).json();

// What was typed before and is not taken as it is: one sees it, and what is wrong with it, again.
function standAgain(text, { html, ...others }) {
  fields.show(others);
  if (html !== undefined) text.take(html);
  if (html !== undefined || Object.keys(others).length) saver.changed();
}

// A new piece has its title; one goes on with the text, unless one has gone somewhere else meanwhile.
function beginInText(text, { html }) {
  if (html === "" && document.activeElement?.matches("body, h1")) text.focus();
}

// A title is one line: Enter goes on to the text.
function goOnFromTitle(text) {
  byId("field-title").addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    text.focus();
  });
}

function onChange(how, text) {
  saver.changed(how);
  showText(() => text.beginning());
}

function connectWithFields(text, draft) {
  goOnFromTitle(text);
  beginInText(text, draft);
  showText(() => text.beginning());
}

async function begin() {
  const first = await fetchDraft(desk.dataset.id);
  const { clashes, lines, refused } = await bringBack(first);
  const draft = lines.length ? await fetchDraft(desk.dataset.id) : first;
  fields.show(draft.fields);
  known.begin(draft, {
    html: () => text.source(),
    fields: fields.values,
    takeText: (html) => text.take(html),
    takeField: fields.set,
    wrong: fields.showWrong,
  });
  const text = await openSurface({
    place: byId("editor-text"),
    tools: byId("editor-tools"),
    source: draft.html,
    words: { words: draft.words, minutes: draft.minutes },
    onChange: (how) => onChange(how, text),
    links,
    pictures: pictures.ofPiece,
    upload: pictures.upload,
    drop: pictures.drop,
    describe: pictures.describe,
    address: pictures.find,
    say: (words) => toast({ text: words }),
    label: "Text",
  });
  saver.begin(draft, [...draft.clashes, ...clashes]);
  fields.onChange(saver.changed);
  standAgain(text, refused);
  connectWithFields(text, draft);
  beginPresence({ id: desk.dataset.id, place: () => text.place() });
  for (const line of lines) toast({ text: line });
}

if (desk.dataset.isPlain === "no") {
  begin().catch((problem) => {
    byId("saved").textContent = "";
    byId("editor-text").textContent = `The text could not be opened: ${problem.message} Reload the page.`;
  });
}
