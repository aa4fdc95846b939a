// Opens each document and changes one thing of it: what nobody meant to change must stay byte for byte.

import { enter } from "/js/editor/text/commands.js";
import { opened } from "/js/editor/text/document.js";
import { BACK } from "/js/editor/text/keys.js";
import { linkEdges } from "/js/editor/text/link-edges.js";
import { formatOf, schema } from "/js/editor/text/schema.js";
import * as pm from "/vendor/prosemirror/prosemirror.js";

const WORD = "Zqz";

// `documents`: [[name, source]]. Gives { counts: { check: [good, all] }, faults, bytes, cards }.
export default function probe(documents) {
  const found = { counts: {}, faults: [], bytes: 0, cards: 0 };
  for (const [name, source] of documents) {
    try {
      look(found, name, source);
    } catch (problem) {
      found.faults.push([name, "breaks", String(problem.stack)]);
    }
  }
  return found;
}

function look(found, name, source) {
  const text = opened(source);
  const rest = text.opening.take();
  text.tail = text.opening.rest;
  const doc = rest.length ? text.doc.copy(text.doc.content.append(pm.Fragment.fromArray(rest))) : text.doc;
  doc.check();
  const one = { found, name, source, text, doc, state: pm.EditorState.create({ doc, plugins: [pm.history(), linkEdges()] }) };
  found.bytes += source.length;
  doc.descendants((node) => {
    if (node.type.name === "card") found.cards += node.attrs.source.length;
  });
  check(one, "opened", text.source(doc));
  const lines = linesOf(doc);
  if (lines.length) for (const change of CHANGES) change(one, lines);
}

function check({ found, name, source }, what, now) {
  const count = (found.counts[what] ??= [0, 0]);
  count[1] += 1;
  if (now === source) count[0] += 1;
  else found.faults.push([name, what, ...difference(source, now)]);
}

function difference(source, now) {
  let at = 0;
  while (at < source.length && source[at] === now[at]) at += 1;
  return [source.slice(Math.max(0, at - 60), at + 80), now.slice(Math.max(0, at - 60), at + 80)];
}

function linesOf(doc) {
  const found = [];
  doc.descendants((node, at, parent) => {
    if (node.isTextblock && node.content.size) found.push({ node, at, parent: parent.type.name });
  });
  return found;
}

const middle = (lines) => lines[Math.floor(lines.length / 2)];

// A place between two characters of a line, else its start.
function within({ node, at }) {
  let place = 0;
  node.forEach((child, offset) => {
    if (!place && child.isText && child.text.length > 1) place = offset + 1;
  });
  return at + 1 + place;
}

const caretAt = (state, at) => state.apply(state.tr.setSelection(pm.TextSelection.create(state.doc, at)));
const write = ({ text }, state) => text.source(state.doc);
const once = (one, what, now, added) => check(one, what, now.split(added).length === 2 ? now.replace(added, "") : now);

function typed(one, what, line) {
  if (!line) return;
  const at = caretAt(one.state, within(line));
  const state = at.apply(at.tr.insertText(WORD));
  once(one, what, write(one, state), WORD);
  pm.undo(state, (tr) => check(one, "undone", write(one, state.apply(tr))));
}

const oneWord = (one, lines) => typed(one, "one word", middle(lines));
const oneItem = (one, lines) =>
  typed(
    one,
    "one list item",
    lines.find(({ parent }) => parent === "item"),
  );
const oneCell = (one, lines) =>
  typed(
    one,
    "one cell",
    lines.find(({ parent }) => /cell/.test(parent)),
  );

function oneBold(one, lines) {
  const line = middle(lines);
  const from = textOfThree(line);
  if (from === null || line.node.type.spec.code) return;
  const mark = schema.marks.format.create(formatOf("strong"));
  const now = write(one, one.state.apply(one.state.tr.addMark(from, from + 2, mark)));
  const without = [...now.matchAll(/<strong>/g)].flatMap(({ index }) => {
    const rest = now.slice(0, index) + now.slice(index + 8);
    return [...rest.matchAll(/<\/strong>/g)].map((end) => rest.slice(0, end.index) + rest.slice(end.index + 9));
  });
  check(one, "one bold", without.includes(one.source) ? one.source : now);
}

function textOfThree({ node, at }) {
  let found = null;
  node.forEach((child, offset) => {
    if (found === null && child.isText && child.text.length > 2) found = at + 1 + offset;
  });
  return found;
}

function enterAndBack(one, lines) {
  for (const line of [middle(lines), lines[0], lines.at(-1)]) {
    const before = caretAt(one.state, within(line));
    enter(before, (split) => {
      const after = before.apply(split);
      BACK(after, (join) => check(one, "Enter and Backspace", write(one, after.apply(join))));
    });
  }
}

const CHANGES = [oneWord, oneBold, enterAndBack, oneItem, oneCell];
