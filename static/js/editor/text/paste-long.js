// A long text that is pasted comes in part by part, with time for the page between them. Where it comes in, one
// sees how far it is; it is one step of Undo, and keys and tools wait for its end.

import {
  closeHistory,
  Decoration,
  DecorationSet,
  DOMParser as Parser,
  Plugin,
  PluginKey,
  Selection,
} from "../../../vendor/prosemirror/prosemirror.js";
import { placeBehind } from "./commands.js";
import { make } from "./make.js";
import { partsAnew } from "./parts.js";
import { bodyOf, clean, ruled, sentenceOf } from "./paste.js";
import { schema } from "./schema.js";
import { mayBegin } from "./word.js";

const LONG = 300_000; // characters, with all that Word writes around words
const PART = 60_000;
const key = new PluginKey("pasting");
const waiting = (view) => isPasting(view.state);

// Keys and tools wait for its end: what comes in behind the source view, say, would be lost.
export const isPasting = (state) => key.getState(state) !== null;

function refuse(view, event) {
  if (waiting(view)) event.preventDefault();
  return waiting(view);
}

// Where the next part comes in; null while nothing is pasted.
export const pasting = () =>
  new Plugin({
    key,
    state: {
      init: () => null,
      apply: (tr, now) => {
        const change = tr.getMeta(key);
        if (change !== undefined) return change;
        return now && { ...now, at: tr.mapping.map(now.at) };
      },
    },
    props: {
      decorations(state) {
        const now = key.getState(state);
        const side = { side: -1, key: "pasting", ignoreSelection: true };
        return now && DecorationSet.create(state.doc, [Decoration.widget(now.at, now.sign, side)]);
      },
      handleKeyDown: waiting,
      handleTextInput: waiting,
      handleDOMEvents: { beforeinput: refuse },
    },
  });

// Whether it is one. `desk` has what is known of the text, and says what was left out.
export function pasteLong(view, event, { opened, options }) {
  const html = event.clipboardData?.getData("text/html") ?? "";
  if (html.length < LONG || view.state.selection.$from.parent.type.spec.code) return false;
  if (!waiting(view)) takeIn(view, html, opened.dialect).then((said) => said && options.say(said));
  return true;
}

async function takeIn(view, html, dialect) {
  const sign = make("p", { class: "text-pasting quiet", role: "status" }, "Pasting…");
  const first = begin(view, sign);
  try {
    await rest();
    return sentenceOf(await putAll(view, partsOf(bodyOf(html)), { sign, first, dialect }));
  } finally {
    end(view);
  }
}

async function putAll(view, parts, { sign, first, dialect }) {
  const dropped = { names: [], pictures: 0 };
  const inPart = partsAnew();
  for (const [number, part] of parts.entries()) {
    await rest();
    if (view.isDestroyed) break;
    const { names, pictures } = clean(part);
    dropped.names.push(...names);
    dropped.pictures += pictures;
    const nodes = nodesOf(part).map((node) => inPart(ruled(node, dialect)));
    put(view, nodes, first);
    sign.textContent = `Pasting… ${Math.round(((number + 1) / parts.length) * 100)} %`;
  }
  return dropped;
}

const rest = () => new Promise((done) => setTimeout(done));

// What is selected goes, a line is cut in two at the cursor, and an empty one makes room.
function begin(view, sign) {
  const tr = closeHistory(view.state.tr.deleteSelection());
  const { $from } = tr.selection;
  let at = placeBehind($from);
  const isLine = $from.depth === 1 && $from.parent.isTextblock;
  if (isLine && !$from.parent.content.size && tr.doc.childCount > 1) {
    at = $from.before();
    tr.delete(at, $from.after());
  } else if (isLine && $from.parentOffset > 0 && $from.parentOffset < $from.parent.content.size) {
    tr.split($from.pos);
    at = $from.pos + 1;
  }
  view.dispatch(tr.setMeta(key, { at, sign }).setMeta("paste", true));
  return tr;
}

// One step of Undo with what began it.
function put(view, nodes, first) {
  const { state } = view;
  const { at, sign } = key.getState(state);
  const tr = state.tr.insert(at, nodes).setMeta("paste", true).setMeta("appendedTransaction", first);
  view.dispatch(tr.setMeta(key, { at: at + nodes.reduce((sum, { nodeSize }) => sum + nodeSize, 0), sign }));
}

function end(view) {
  if (view.isDestroyed) return;
  const { tr } = view.state;
  const { at } = key.getState(view.state);
  tr.setSelection(Selection.near(tr.doc.resolve(at), -1));
  view.dispatch(closeHistory(tr.setMeta(key, null)).scrollIntoView());
}

const nodesOf = (part) => Parser.fromSchema(schema).parse(part).content.content;

// What stands in the body, in parts of about one length: no list of Word's is cut.
function partsOf(body) {
  const parts = [];
  let length = 0;
  for (const one of sectionless(body)) {
    if (!parts.length || (length > PART && one.nodeType === Node.ELEMENT_NODE && mayBegin(one))) {
      parts.push(body.ownerDocument.createElement("div"));
      length = 0;
    }
    length += (one.outerHTML ?? one.data ?? "").length;
    parts.at(-1).append(one);
  }
  return parts;
}

// Word's sections are no part of the text.
const sectionless = (body) =>
  [...body.childNodes].flatMap((one) =>
    one.localName === "div" && one.querySelector(":scope > p") ? sectionless(one) : [one],
  );
