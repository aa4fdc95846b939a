// Acts by chance on a text that stands on the page, each of them looked at.

import { insertBlock, setTag } from "/js/editor/text/commands.js";
import { figureOf } from "/js/editor/text/figures.js";
import { openText } from "/js/editor/text/index.js";
import { removeLink, setLink } from "/js/editor/text/links.js";
import { schema } from "/js/editor/text/schema.js";
import { newTable } from "/js/editor/text/table-acts.js";
import * as pm from "/vendor/prosemirror/prosemirror.js";
import { chance } from "./chance.js";
import { read, shapeOf, unpaired } from "./shape.js";

const KEYS = [
  ..."Enter Enter Enter Backspace Backspace Backspace Delete Delete Tab Tab Shift-Tab Shift-Enter".split(" "),
  ..."Mod-b Mod-i Mod-e Mod-z Mod-z Mod-y Alt-ArrowUp Alt-ArrowDown Mod-Shift-7 Mod-Shift-8 Mod-Shift-9".split(" "),
  ..."Mod-Alt-0 Mod-Alt-2 Mod-Alt-3".split(" "),
];
const WORDS = ["word ", "a<b", " & ", "é", "  ", "🙂", "“so”", "\u00a0", "&amp;", "東京"];
const PASTED = [
  "<p>Pasted <b>bold</b> and <a href='https://a.example/'>link</a></p>",
  "<h2>Head</h2><ul><li>one<ul><li>two</li></ul></li><li>three</li></ul><p>end</p>",
  "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>",
  "<blockquote><p>quoted</p></blockquote><pre>if (a &lt; b)\n  c</pre>",
  "only words",
  "<ol><li>first</li></ol>",
];
const TABLE = "addRowAfter addColumnAfter deleteRow deleteColumn mergeCells splitCell toggleHeaderRow".split(" ");

// `given`: { documents, seed, steps }. Gives { acts, faults: [[name, seed, step, act, what, …]] }.
export default async function probe({ documents, seed, steps }) {
  const found = { acts: 0, faults: [] };
  for (const [at, [name, source]] of documents.entries()) {
    const here = { name, source, seed: seed + at, found, log: [] };
    try {
      play(here, steps);
    } catch (problem) {
      fault(here, "breaks", String(problem.stack).slice(0, 420));
    }
    if (found.faults.length > 40) break;
    await new Promise((done) => setTimeout(done));
  }
  return found;
}

function play(here, steps) {
  here.dice = chance(here.seed);
  here.text?.destroy();
  const [place, tools] = ["place", "tools"].map((id) => document.getElementById(id));
  here.text = openText({ place, tools, source: here.source, address: () => "/icon.svg" });
  here.text.finish();
  here.before = here.source;
  here.wasPaired = unpaired(here.source).length === 0;
  here.taken = false;
  for (let step = 0; step < steps && !here.isOver; step += 1) {
    const act = here.dice.pick(ACTS);
    here.log.push(act.name);
    act(here);
    look(here);
    here.found.acts += 1;
  }
  if (!here.isOver && !here.taken) undoAll(here);
  here.text.destroy();
}

function fault(here, what, ...more) {
  here.isOver = true;
  here.found.faults.push([here.name, here.seed, here.log.slice(-6).join(", "), what, ...more]);
}

function look(here) {
  const { text } = here;
  const now = text.source();
  text.view.state.doc.check();
  if (here.wasPaired && unpaired(now).length) return fault(here, "unpaired", here.before, now);
  const again = read(now, text.opened.dialect);
  if (again.source !== now) return fault(here, "does not open as it is", now, again.source);
  if (isSwallowed(text.view.state.doc, again.doc)) return undefined;
  const [mine, theirs] = [shapeOf(text.view.state.doc), shapeOf(again.doc)];
  const at = mine.findIndex((one, index) => one !== theirs[index]);
  if (at >= 0 || mine.length !== theirs.length) {
    const line = at < 0 ? mine.length : at;
    return fault(here, "says another thing", [mine[line], theirs[line]], now.slice(-900), here.before.slice(-900));
  }
  here.before = now;
}

// A card that is broken, put into something else, makes a card of all of it; and one that was cut off gets an
// end when something stands behind it.
function isSwallowed(doc, again) {
  const inner = [];
  doc.descendants((node, _, parent) => {
    if (node.type.name === "card" && (parent !== doc || node.attrs.isCut)) inner.push(node.attrs);
  });
  const outer = [];
  again.descendants((node) => {
    if (node.type.name === "card") outer.push(node.attrs.source);
  });
  return inner.some(({ source, isCut }) => isCut || outer.some((one) => one !== source && one.includes(source)));
}

function undoAll(here) {
  const { view } = here.text;
  for (let step = 0; step < 500 && pm.undo(view.state, view.dispatch); step += 1);
  const now = here.text.source();
  if (now !== here.source) fault(here, "undone", here.source, now);
}

function press(here, key) {
  const parts = key.split("-");
  const has = (name) => parts.slice(0, -1).includes(name);
  const digits = /^\d$/.test(parts.at(-1));
  const event = new KeyboardEvent("keydown", {
    key: parts.at(-1),
    code: digits ? `Digit${parts.at(-1)}` : "",
    keyCode: digits ? 48 + Number(parts.at(-1)) : 0,
    ctrlKey: has("Mod"),
    shiftKey: has("Shift"),
    altKey: has("Alt"),
  });
  here.text.view.someProp("handleKeyDown", (handle) => handle(here.text.view, event));
}

function places(doc) {
  const found = [];
  doc.descendants((node, at) => {
    if (!node.isTextblock) return true;
    for (let offset = 0; offset <= node.content.size; offset += 1) found.push(at + 1 + offset);
    return false;
  });
  return found;
}

function select(here, make) {
  const { view } = here.text;
  const selection = make(view.state.doc);
  if (selection) view.dispatch(view.state.tr.setSelection(selection));
}

function caret(here) {
  select(here, (doc) => {
    const all = places(doc);
    return all.length ? pm.TextSelection.create(doc, here.dice.pick(all)) : null;
  });
}

function range(here) {
  select(here, (doc) => {
    const all = places(doc);
    return all.length ? pm.TextSelection.create(doc, here.dice.pick(all), here.dice.pick(all)) : null;
  });
}

function shortRange(here) {
  select(here, (doc) => {
    const all = places(doc);
    const at = here.dice.below(all.length);
    const to = Math.min(all.length - 1, at + here.dice.below(12));
    return all.length ? pm.TextSelection.create(doc, all[at], all[to]) : null;
  });
}

function whole(here) {
  select(here, (doc) => {
    const found = [];
    doc.descendants((node, at) => {
      if (!node.isText && node.type.spec.selectable !== false) found.push(at);
    });
    return pm.NodeSelection.create(doc, here.dice.pick(found));
  });
}

const ACTS = [
  function type(here) {
    caret(here);
    here.text.view.dispatch(here.text.view.state.tr.insertText(here.dice.pick(WORDS)));
  },
  function key(here) {
    caret(here);
    pressAny(here);
  },
  function keyAgain(here) {
    pressAny(here);
  },
  function keyOverWords(here) {
    shortRange(here);
    pressAny(here);
  },
  function keyOverMuch(here) {
    range(here);
    press(here, here.dice.pick(["Backspace", "Enter", "Mod-b", "Delete", "Mod-Shift-8", "Mod-Shift-9", "Mod-Alt-2"]));
  },
  function keyOverNode(here) {
    whole(here);
    press(here, here.dice.pick(["Backspace", "Enter", "Alt-ArrowUp", "Alt-ArrowDown", "Delete"]));
  },
  function paste(here) {
    here.dice.pick([caret, shortRange, range, whole])(here);
    here.text.view.pasteHTML(here.dice.pick(PASTED));
  },
  function copyAndPaste(here) {
    here.dice.pick([shortRange, range, whole])(here);
    const clipboardData = new DataTransfer();
    const send = (name) =>
      here.text.view.dom.dispatchEvent(new ClipboardEvent(name, { clipboardData, bubbles: true, cancelable: true }));
    send(here.dice.pick(["copy", "cut"]));
    caret(here);
    send("paste");
  },
  function drag(here) {
    here.dice.pick([shortRange, whole])(here);
    const { view } = here.text;
    const slice = view.state.selection.content();
    const to = here.dice.pick([0, ...places(view.state.doc)]);
    const at = pm.dropPoint(view.state.doc, to, slice) ?? to;
    const tr = view.state.tr.deleteSelection();
    view.dispatch(tr.replaceRange(tr.mapping.map(at), tr.mapping.map(at), slice));
  },
  function link(here) {
    shortRange(here);
    if (!here.text.view.state.selection.$from.parent.isTextblock) return;
    here.dice.pick([() => setLink(here.text.view, "https://b.example/?a=1&b=2"), () => removeLink(here.text.view)])();
  },
  function put(here) {
    caret(here);
    const { state, dispatch } = here.text.view;
    const things = [newTable(2, 2), figureOf({ address: "/a.png", alt: "A & b" })];
    insertBlock(here.dice.pick(things))(state, dispatch);
  },
  function code(here) {
    caret(here);
    setTag("pre")(here.text.view.state, here.text.view.dispatch);
  },
  function table(here) {
    inTable(here);
    const { state, dispatch } = here.text.view;
    pm[here.dice.pick(TABLE)](state, dispatch);
  },
  function take(here) {
    const now = here.text.source();
    const other = here.dice.pick(OTHERS)(here, now);
    here.text.take(other);
    here.taken = true;
    if (here.text.source() !== other) fault(here, "takes another text", now, other, here.text.source());
    here.wasPaired &&= unpaired(other).length === 0;
  },
];

function pressAny(here) {
  const key = here.dice.pick(KEYS);
  here.log.push(key);
  press(here, key);
}

function inTable(here) {
  select(here, (doc) => {
    const cells = [];
    doc.descendants((node, at) => {
      if (/cell/.test(node.type.name)) cells.push(at);
    });
    if (!cells.length) return null;
    return pm.TextSelection.near(doc.resolve(here.dice.pick(cells) + 1));
  });
}

// What somebody else may have made of a text.
const OTHERS = [
  (_, now) => `${now}\n\n<p>From somebody else</p>`,
  (_, now) => `<p>From somebody else</p>\n${now}`,
  (_, now) => now.replace(/[a-z]{4,}(?=[^<>]*<\/)/, "their"),
  (_, now) => now.replace(/<p>[^<]*<\/p>/, ""),
  (here, now) => now.replace(/<\/p>/g, (end) => (here.dice.below(2) ? " theirs</p>" : end)),
  (here, now) => {
    const parts = now.split("\n\n");
    const at = here.dice.below(parts.length);
    return [...parts.slice(0, at), "<h2>Their heading</h2>", ...parts.slice(at)].join("\n\n");
  },
];

export { schema };
