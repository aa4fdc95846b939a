// What the server has of the piece, what the page has beyond that, and how an answer changes either.
//
//   page: { html(), fields(), takeText(html), takeField(name, text), wrong({name: sentence}) }
import { around, placeOf } from "./places.js";

const known = { version: "", html: "", fields: {} };
const refused = new Map(); // field, or "html" → the text of it that the server did not take
let given = {}; // field → what the page's control made of the text that the server has
const chosen = new Set(); // fields, or "html", where the person has chosen what stands, and the server not heard
let page = null;

export function begin(draft, of) {
  page = of;
  Object.assign(known, { version: draft.version, html: draft.html, fields: { ...draft.fields } });
  given = page.fields();
}

export const version = () => known.version;
export const base = () => known.html;

// What is sent where there is nothing to save: the answer tells what others did.
export const nothing = () => ({ version: known.version, fields: {} });

// What the page has and the server has not; null where that is nothing. What it does not take is not
// asked again.
export const difference = (mode = "autosave") => beyond(mode, isRefused);

// The same with what the server does not take: it stands nowhere but here.
export const unsaved = () => beyond("autosave", () => false);

const isRefused = (name, text) => refused.get(name) === text;

function beyond(mode, isLeftOut) {
  const sent = { version: known.version, fields: {}, settled: [...chosen], mode };
  for (const [name, to] of Object.entries(page.fields())) {
    const was = known.fields[name];
    if (was !== undefined && to !== was && to !== given[name] && !isLeftOut(name, to)) sent.fields[name] = { to, was };
  }
  const html = page.html();
  const hasText = html !== known.html && !isLeftOut("html", html);
  if (hasText) sent.html = html;
  return hasText || sent.settled.length || Object.keys(sent.fields).length ? sent : null;
}

// Fields, and the text as "html", that the page has in a way that the server does not take.
export function wrongFields() {
  const shown = { ...page.fields(), html: page.html() };
  return [...refused.keys()].filter((name) => isRefused(name, shown[name]));
}

// Nothing is to be chosen there any more.
export const settled = (name) => chosen.add(name);

// Takes an answer in; whether the page has to send again what was typed meanwhile, merged by then.
export function take(answer, sent) {
  for (const name of sent.settled ?? []) chosen.delete(name);
  takeFields(answer, sent);
  page.wrong({ ...Object.fromEntries(wrongFields().map((name) => [name, wrongOf.get(name)])), ...answer.wrong });
  return takeHtml(answer, sent);
}

function takeHtml(answer, sent) {
  const sentHtml = sent.html ?? known.html;
  if (isRefused("html", page.html()) || "html" in answer.wrong) {
    // The text goes on from the version that it began with; the server merges it once it takes it.
    if (answer.html === null && sent.html === undefined) known.version = answer.version;
    return false;
  }
  if (answer.html !== null && page.html() !== sentHtml) {
    // Another text stands there by now, and somebody typed on: what they typed began with what was sent.
    Object.assign(known, { version: "", html: sentHtml });
    return true;
  }
  if (answer.html !== null) page.takeText(answer.html);
  Object.assign(known, { version: answer.version, html: answer.html ?? sentHtml });
  return false;
}

const wrongOf = new Map(); // field → why it was not taken

function takeFields({ fields, wrong }, sent) {
  const texts = Object.entries(sent.fields).map(([name, { to }]) => [name, to]);
  if (sent.html !== undefined) texts.push(["html", sent.html]);
  for (const [name, to] of texts) {
    refused.delete(name);
    if (name in wrong) {
      refused.set(name, to);
      wrongOf.set(name, wrong[name]);
    } else if (name !== "html") known.fields[name] = given[name] = to;
  }
  const [shown, made] = [page.fields(), { ...given }];
  for (const [name, text] of Object.entries(fields)) {
    const before = sent.fields[name]?.to ?? known.fields[name];
    known.fields[name] = text;
    given[name] = text;
    if (shown[name] !== before && shown[name] !== made[name]) continue;
    page.takeField(name, text);
    given[name] = page.fields()[name];
  }
}

// Puts in what was chosen where two had changed the same place; `others` are clashes that still wait, and
// learn what stands around them now. Whether the place was found: else nothing is put anywhere.
export function settle({ field, ...clash }, text, others = []) {
  if (field !== "html") {
    page.takeField(field, text);
    return true;
  }
  const html = page.html();
  const at = placeOf(html, clash);
  if (at < 0) return false;
  const end = at + clash.theirs.length;
  const waiting = others.filter((one) => one.field === "html").map((one) => [one, placeOf(html, one)]);
  const changed = html.slice(0, at) + text + html.slice(end);
  page.takeText(changed);
  for (const [one, from] of waiting) {
    if (from >= end) Object.assign(one, around(changed, from + text.length - clash.theirs.length, one.theirs));
    else if (from >= 0 && from + one.theirs.length <= at) Object.assign(one, around(changed, from, one.theirs));
  }
  return true;
}
