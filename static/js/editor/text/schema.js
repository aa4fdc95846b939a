// The document that is edited. Every node but text carries the bytes that it was written with:
//
//   tag          the element; null is text without one of its own
//   open, close  its start and end tag, with the comments of a WordPress block around them; null: not
//                written yet, it gets what fits its place (dialect.js)
//   id           where it stood when the text was opened (originals.js); 0: it was made since
//
// A card, a chip and an image have `source` instead; a card that `isCut` runs to the end of the source. What
// is shown of an element is its kind and little more: nothing of the text's own styles, classes or scripts
// comes to the desk.

import { Schema } from "../../../vendor/prosemirror/prosemirror.js";
import { attributeOf } from "./attributes.js";
import { quoted } from "./characters.js";

const BYTES = {
  id: { default: 0 },
  tag: { default: "p" },
  open: { default: null },
  close: { default: null },
};
const SOURCE = { id: { default: 0 }, source: { default: "" } };
const SPAN = { colspan: { default: 1 }, rowspan: { default: 1 }, colwidth: { default: null } };
const SHOWN_AS_WRITTEN = new Set(
  (
    "p h1 h2 h3 h4 h5 h6 pre blockquote div section article aside header footer main nav figure figcaption " +
    "details summary address dl dt dd hgroup caption"
  ).split(" "),
);
const MARKS = new Set(
  "strong em b i u s del ins code mark sub sup small kbd q cite abbr samp var dfn bdi bdo".split(" "),
);
const LANGUAGE = ["dir", "lang"];
const LIST = [...LANGUAGE, "start"];
// Where a list that is new begins to count.
const startOf = ({ open, start }) => (open === null && start !== 1 ? { start } : {});

const nameOf = (tag) => (SHOWN_AS_WRITTEN.has(tag) ? tag : "div");

// The start tag among an opening's comments.
export const tagIn = (open) => /<[A-Za-z](?:[^"'>]|"[^"]*"|'[^']*')*>(?=[^<>]*$)/.exec(open ?? "")?.[0] ?? "";

function shownAttributes({ open }, names = LANGUAGE) {
  const tag = tagIn(open);
  const values = names.map((name) => [name, tag && attributeOf(tag, name)]).filter(([, value]) => value);
  return Object.fromEntries(values);
}

const align = (open) => /(?:has-text-align-|\balign(?:="|)|text-align:\s*)(center|right)\b/.exec(tagIn(open))?.[1];

function lineShown(node) {
  const { tag, open } = node.attrs;
  const where = align(open);
  const own = { dir: "auto", ...shownAttributes(node.attrs), ...(where && { "data-align": where }) };
  return [tag ? nameOf(tag) : "p", { ...own, ...(!tag && { "data-bare": "" }) }, 0];
}

const heading = (level) => ({ tag: `h${level}`, attrs: { tag: `h${level}` } });

const cell = (name, role) => ({
  content: "block+",
  marks: "part",
  attrs: { ...BYTES, ...SPAN, tag: { default: name }, tail: { default: null } },
  tableRole: role,
  isolating: true,
  toDOM: ({ attrs: { colspan, rowspan } }) => [name, { colspan, rowspan }, 0],
  parseDOM: [{ tag: name, getAttrs: ({ colSpan, rowSpan }) => ({ colspan: colSpan || 1, rowspan: rowSpan || 1 }) }],
});

const nodes = {
  doc: { content: "block+", marks: "part" },
  paragraph: {
    group: "block",
    content: "inline*",
    attrs: BYTES,
    whitespace: "pre",
    toDOM: lineShown,
    parseDOM: [{ tag: "p" }, ...[1, 2, 3, 4, 5, 6].map(heading), { tag: "figcaption", attrs: { tag: "figcaption" } }],
  },
  preformatted: {
    group: "block",
    content: "inline*",
    attrs: { ...BYTES, tag: { default: "pre" } },
    code: true,
    defining: true,
    whitespace: "pre",
    toDOM: () => ["pre", { dir: "ltr" }, 0],
    parseDOM: [{ tag: "pre", preserveWhitespace: "full" }],
  },
  list: {
    group: "block",
    content: "item+",
    attrs: { ...BYTES, tag: { default: "ul" }, start: { default: 1 }, tail: { default: null } },
    toDOM: ({ attrs }) => [attrs.tag === "ol" ? "ol" : "ul", { ...startOf(attrs), ...shownAttributes(attrs, LIST) }, 0],
    parseDOM: [{ tag: "ul" }, { tag: "ol", getAttrs: (list) => ({ tag: "ol", start: list.start }) }],
  },
  item: {
    content: "block+",
    marks: "part",
    attrs: { ...BYTES, tag: { default: "li" }, tail: { default: null } },
    defining: true,
    toDOM: () => ["li", 0],
    parseDOM: [{ tag: "li" }],
  },
  box: {
    group: "block",
    content: "block+",
    marks: "part",
    attrs: { ...BYTES, tag: { default: "div" }, tail: { default: null } },
    toDOM: ({ attrs }) => [
      nameOf(attrs.tag),
      { ...shownAttributes(attrs), "data-box": attrs.tag ?? "", ...opened(attrs) },
      0,
    ],
    parseDOM: ["blockquote", "figure"].map((tag) => ({ tag, attrs: { tag } })),
  },
  table: {
    group: "block",
    content: "row+",
    attrs: { ...BYTES, tag: { default: "table" }, tail: { default: null }, sections: { default: null } },
    tableRole: "table",
    isolating: true,
    toDOM: () => ["table", ["tbody", 0]],
    parseDOM: [{ tag: "table" }],
  },
  row: {
    content: "(cell | head_cell)*",
    attrs: { ...BYTES, tag: { default: "tr" }, tail: { default: null }, section: { default: null } },
    tableRole: "row",
    toDOM: () => ["tr", 0],
    parseDOM: [{ tag: "tr" }],
  },
  cell: cell("td", "cell"),
  head_cell: cell("th", "header_cell"),
  card: {
    group: "block",
    atom: true,
    attrs: { ...SOURCE, name: { default: "" }, isCut: { default: false } },
    draggable: true,
    toDOM: () => ["div"],
    parseDOM: [{ tag: "hr", attrs: { source: "<hr>", name: "Separator" } }],
  },
  text: { group: "inline" },
  image: {
    group: "inline",
    inline: true,
    attrs: { source: { default: "" } },
    draggable: true,
    toDOM: ({ attrs: { source } }) => ["img", { alt: attributeOf(source, "alt") ?? "" }],
    parseDOM: [{ tag: "img[src]", getAttrs: (image) => ({ source: imageOf(image.getAttribute("src"), image.alt) }) }],
  },
  line_break: {
    group: "inline",
    inline: true,
    selectable: false,
    attrs: { source: { default: "<br>" } },
    toDOM: () => ["br"],
    parseDOM: [{ tag: "br" }],
  },
  chip: {
    group: "inline",
    inline: true,
    atom: true,
    attrs: { source: { default: "" }, name: { default: "" } },
    toDOM: ({ attrs }) => ["span", { class: "chip-in-text", contenteditable: "false" }, `‹${attrs.name}›`],
  },
};

const imageOf = (address, alt) => `<img src="${quoted(address)}" alt="${quoted(alt)}"/>`;
const opened = ({ tag }) => (tag === "details" ? { open: "" } : {});

// `id` keeps two marks apart that were written apart, and says which is the outer one.
const MARK = { id: { default: 0 }, tag: { default: "" }, open: { default: "" }, close: { default: "" } };
const made = (tag) => ({ tag, getAttrs: () => formatOf(tag) });

const linkTo = (address) => ({ tag: "a", open: `<a href="${quoted(address)}">`, close: "</a>" });

export const formatOf = (tag) => ({ tag, open: `<${tag}>`, close: `</${tag}>` });

const marks = {
  link: {
    attrs: MARK,
    excludes: "",
    inclusive: false,
    toDOM: ({ attrs }) => ["span", { class: "link-in-text", title: attributeOf(attrs.open, "href") ?? "" }, 0],
    parseDOM: [{ tag: "a[href]", getAttrs: (link) => linkTo(link.getAttribute("href")) }],
  },
  format: {
    attrs: MARK,
    excludes: "",
    toDOM: ({ attrs: { tag } }) => [MARKS.has(tag) ? tag : "span", 0],
    parseDOM: ["strong", "em", "code", "s", "sub", "sup", "u", "mark"].map(made),
  },
  // Of a long text: blocks that stand in one element on the page, so that a browser lays them out together,
  // or leaves them out. It says nothing of the text.
  part: {
    attrs: { number: { default: 0 } },
    excludes: "",
    toDOM: () => ["div", { class: "text-part" }, 0],
  },
};

export const schema = new Schema({ nodes, marks });
