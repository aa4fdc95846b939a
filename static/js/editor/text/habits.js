// Habits from Markdown: what is typed becomes what it means. Backspace takes that back.

import {
  InputRule,
  inputRules,
  textblockTypeInputRule,
  wrappingInputRule,
} from "../../../vendor/prosemirror/prosemirror.js";
import { SEPARATOR } from "./dialect.js";
import { formatOf, schema } from "./schema.js";

const { nodes, marks } = schema;

const heading = textblockTypeInputRule(/^(#{1,6})\s$/, nodes.paragraph, ([, { length }]) => ({ tag: `h${length}` }));
const bullets = wrappingInputRule(/^\s*([-+*])\s$/, nodes.list, { tag: "ul" });
const numbers = wrappingInputRule(/^(\d+)[.)]\s$/, nodes.list, { tag: "ol" });
const quote = wrappingInputRule(/^\s*>\s$/, nodes.box, { tag: "blockquote" });
const code = textblockTypeInputRule(/^```$/, nodes.preformatted);

// `**bold**`: what stands between the signs, without them.
function format(sign, tag) {
  const once = sign.replace(/[*_`~]/g, "\\$&");
  const pattern = new RegExp(`(?<![\\w${once}])${once}([^\\s${once}](?:[^${once}]*[^\\s${once}])?)${once}$`);
  return new InputRule(pattern, (state, [whole, words], start, end) => {
    if (state.doc.resolve(start).parent.type.spec.code) return null;
    const tr = state.tr;
    const from = start;
    const text = start + whole.indexOf(words);
    if (text + words.length < end) tr.delete(text + words.length, end);
    tr.delete(from, text);
    tr.addMark(from, from + words.length, marks.format.create(formatOf(tag)));
    return tr.setStoredMarks([]);
  });
}

const separator = (dialect) =>
  new InputRule(/^---$/, (state, _, start) => {
    const $start = state.doc.resolve(start);
    if ($start.depth !== 1 || $start.parent.attrs.tag === "pre") return null;
    const card = nodes.card.create({ source: SEPARATOR[dialect], name: "Separator" });
    return state.tr.replaceWith($start.before(), $start.after(), [card, nodes.paragraph.create()]);
  });

export const habits = (dialect) =>
  inputRules({
    rules: [
      heading,
      bullets,
      numbers,
      quote,
      code,
      separator(dialect),
      format("**", "strong"),
      format("__", "strong"),
      format("*", "em"),
      format("_", "em"),
      format("`", "code"),
      format("~~", "s"),
    ],
  });
