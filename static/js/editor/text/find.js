// Find and replace, within the text.

import {
  Decoration,
  DecorationSet,
  Plugin,
  PluginKey,
  TextSelection,
} from "../../../vendor/prosemirror/prosemirror.js";
import { button, make } from "./make.js";

const key = new PluginKey("find");
const NOTHING = { query: "", places: [], at: 0 };

// The plugin that marks what was found.
export const finding = () =>
  new Plugin({
    key,
    state: {
      init: () => NOTHING,
      apply(tr, value) {
        const change = tr.getMeta(key);
        if (!change && !tr.docChanged) return value;
        const next = { ...value, ...change };
        const places = placesOf(tr.doc, next.query);
        return { ...next, places, at: Math.min(next.at, Math.max(0, places.length - 1)) };
      },
    },
    props: {
      decorations(state) {
        const { places, at } = key.getState(state);
        const marks = places.map(([from, to], number) =>
          Decoration.inline(from, to, { class: number === at ? "text-found is-here" : "text-found" }),
        );
        return DecorationSet.create(state.doc, marks);
      },
    },
  });

function placesOf(doc, query) {
  if (!query) return [];
  // Not by small letters: some are longer than what they are small of.
  const wanted = new RegExp(query.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"), "giu");
  const places = [];
  doc.descendants((node, at) => {
    if (!node.isTextblock) return true;
    const text = node.textBetween(0, node.content.size, null, "\ufffc");
    for (const { index, 0: found } of text.matchAll(wanted)) {
      places.push([at + 1 + index, at + 1 + index + found.length]);
    }
    return false;
  });
  return places;
}

// The line with the fields; `where` is the element that it stands in while it is open.
export function openFind(view, where) {
  const { from, to } = view.state.selection;
  const chosen = view.state.doc.textBetween(from, to, " ").slice(0, 200);
  if (where.firstElementChild) where.firstElementChild.querySelector("input").select();
  else where.append(line(view, where));
  const field = where.querySelector("input");
  if (chosen) field.value = chosen;
  field.focus();
  field.select();
  search(view, where, field.value);
}

function line(view, where) {
  const find = make("input", { class: "input", "aria-label": "Find", placeholder: "Find", autocomplete: "off" });
  const replace = make("input", {
    class: "input",
    "aria-label": "Replace with",
    placeholder: "Replace with",
    autocomplete: "off",
  });
  const count = make("span", { class: "quiet num", role: "status" });
  const made = make("div", { class: "text-find", role: "search", "aria-label": "Find in the text" }, find, count);
  const act = (words, run) => {
    const one = make("button", { type: "button", class: "btn", "data-size": "sm", "data-variant": "outline" }, words);
    one.addEventListener("click", run);
    return one;
  };
  const step = (by) => () => go(view, where, by);
  made.append(button("arrow-up", "The one before", step(-1)), button("arrow-down", "The next one", step(1)));
  made.append(
    replace,
    act("Replace", () => replaceOne(view, where, replace.value)),
  );
  made.append(
    act("All", () => replaceAll(view, where, replace.value)),
    button("x", "Close", () => closeFind(view, where)),
  );
  find.addEventListener("input", () => search(view, where, find.value));
  made.addEventListener("keydown", (event) => onKey(event, view, where));
  return made;
}

function onKey(event, view, where) {
  if (event.key === "Escape") closeFind(view, where);
  else if (event.key === "Enter" && event.target.matches("input")) go(view, where, event.shiftKey ? -1 : 1);
  else return;
  event.preventDefault();
}

export function closeFind(view, where) {
  where.replaceChildren();
  view.dispatch(view.state.tr.setMeta(key, NOTHING));
  view.focus();
}

function search(view, where, query) {
  view.dispatch(view.state.tr.setMeta(key, { query, at: 0 }));
  const { places } = key.getState(view.state);
  const { from } = view.state.selection;
  const next = places.findIndex(([start]) => start >= from);
  show(view, where, Math.max(0, next));
}

function go(view, where, by) {
  const { places, at } = key.getState(view.state);
  if (places.length) show(view, where, (at + by + places.length) % places.length);
}

function show(view, where, at) {
  const { places } = key.getState(view.state);
  const tr = view.state.tr.setMeta(key, { at });
  if (places[at]) tr.setSelection(TextSelection.create(tr.doc, ...places[at]));
  view.dispatch(tr.scrollIntoView());
  tell(view, where);
}

function tell(view, where) {
  const { query, places, at } = key.getState(view.state);
  const words = places.length ? `${at + 1} of ${places.length}` : "Nothing found";
  where.querySelector("[role=status]").textContent = query ? words : "";
}

function replaceOne(view, where, text) {
  const { places, at } = key.getState(view.state);
  if (!places.length) return;
  view.dispatch(put(view.state.tr, places[at], text));
  go(view, where, 0);
}

function replaceAll(view, where, text) {
  const { places } = key.getState(view.state);
  const tr = view.state.tr;
  for (const place of [...places].reverse()) put(tr, place, text);
  view.dispatch(tr);
  where.querySelector("[role=status]").textContent = `${places.length} replaced`;
}

// What stood there keeps its marks.
function put(tr, [from, to], text) {
  return text ? tr.insertText(text, from, to) : tr.delete(from, to);
}
