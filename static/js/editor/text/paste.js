// What is pasted, from a browser, Word or Google Docs, as a text of ours: its structure stays, its looks
// go. Pure but for the browser's parser.

import { Fragment, Slice } from "../../../vendor/prosemirror/prosemirror.js";
import { SEPARATOR } from "./dialect.js";
import { inert, STYLE } from "./inert.js";
import { isBlockName } from "./kinds.js";
import { fromWord, rename } from "./word.js";

const GONE =
  "script, style, meta, link, title, xml, iframe, object, embed, form, input, button, select, textarea, svg, canvas, video, audio";
const NAMES = { b: "strong", i: "em", strike: "s", del: "s" };

const WORDS = {
  "iframe, object, embed, video, audio": "what was embedded",
  "form, input, button, select, textarea": "form fields",
  "svg, canvas": "drawings",
};

export const bodyOf = (pasted) => new DOMParser().parseFromString(inert(pasted), "text/html").body;

// Makes it a text of ours; what was left out of it, for people: { names, pictures }.
export function clean(body) {
  const dropped = droppedFrom(body);
  for (const one of body.querySelectorAll(GONE)) one.remove();
  unwrapDocs(body);
  dropped.names.push(...fromWord(body));
  nest(body);
  for (const one of body.querySelectorAll("*")) plain(one);
  unwrapEmpty(body);
  asLines(body);
  return dropped;
}

export function sentenceOf({ names, pictures }) {
  const counted = pictures ? [pictures === 1 ? "a picture" : `${pictures} pictures`] : [];
  const all = [...new Set(names), ...counted];
  const listed = [all.slice(0, -1).join(", "), all.at(-1)].filter(Boolean).join(" and ");
  return listed && `Pasted, without ${listed}.`;
}

function droppedFrom(body) {
  const names = Object.entries(WORDS).flatMap(([selector, words]) => (body.querySelector(selector) ? [words] : []));
  const local = [...body.querySelectorAll("img")].filter(({ src }) => !/^https?:/.test(src));
  for (const one of local) one.remove();
  return { names, pictures: local.length };
}

// Google puts all into a `b` that is not bold, and says bold by styles.
function unwrapDocs(body) {
  for (const one of body.querySelectorAll("b")) {
    if (one.id.startsWith("docs-internal-guid") || styleOf(one, "font-weight") === "normal") {
      one.replaceWith(...one.childNodes);
    }
  }
  for (const one of body.querySelectorAll(`span[${STYLE}]`)) wrapByStyle(one);
}

// What an element's own styles say; the page's policy lets no browser read them.
function styleOf(element, name) {
  const said = new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]*)`, "i").exec(element.getAttribute(STYLE) ?? "");
  return said?.[1].trim().toLowerCase() ?? "";
}

function wrapByStyle(span) {
  const weight = styleOf(span, "font-weight");
  const lines = styleOf(span, "text-decoration") + styleOf(span, "text-decoration-line");
  const tags = [];
  if (/^bold/.test(weight) || Number(weight) >= 600) tags.push("strong");
  if (styleOf(span, "font-style") === "italic") tags.push("em");
  if (/line-through/.test(lines)) tags.push("s");
  if (styleOf(span, "vertical-align") === "super") tags.push("sup");
  if (styleOf(span, "vertical-align") === "sub") tags.push("sub");
  for (const tag of span.closest("h1, h2, h3, h4, h5, h6") ? tags.filter((one) => one !== "strong") : tags) {
    const wrapper = span.ownerDocument.createElement(tag);
    wrapper.append(...span.childNodes);
    span.append(wrapper);
  }
}

// A list that stands between the items of another one belongs to the item before it; code in code is code.
function nest(body) {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol"))
    if (list.previousElementSibling?.localName === "li") list.previousElementSibling.append(list);
  for (const code of body.querySelectorAll("pre code")) code.replaceWith(...code.childNodes);
}

// One element without what it looks like: the addresses, spans of cells and words for pictures stay.
function plain(one) {
  for (const { name, value } of [...one.attributes]) {
    const isKept = ["href", "src", "alt", "colspan", "rowspan", "start", "dir", "lang", "data-pm-slice"].includes(name);
    const runs = ["href", "src"].includes(name) && !/^(?:https?:|mailto:|tel:|[/#?.]|igny8:)/i.test(value.trim());
    if (!isKept || runs) one.removeAttribute(name);
  }
  const name = NAMES[one.localName];
  if (name) rename(one, name);
  else if (["span", "font"].includes(one.localName) || one.localName.includes(":")) one.replaceWith(...one.childNodes);
}

function unwrapEmpty(body) {
  for (const one of body.querySelectorAll("a:not([href])")) one.replaceWith(...one.childNodes);
  for (const one of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const isEmpty = !one.textContent.replace(/\u00a0/g, " ").trim() && !one.querySelector("img, br");
    if (isEmpty) one.remove();
  }
}

// White space as a browser shows it: the editor keeps every character that it gets.
function asLines(body) {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  for (const text of texts) {
    if (text.parentElement.closest("pre")) continue;
    text.data = text.data.replace(/[ \t\n\r\f]+/g, " ");
    if (isEdge(text, text.previousSibling)) text.data = text.data.replace(/^ /, "");
    if (isEdge(text, text.nextSibling)) text.data = text.data.replace(/ $/, "");
  }
}

const isEdge = (text, beside) =>
  beside
    ? beside.nodeType === Node.ELEMENT_NODE && (isBlockName(beside.localName) || beside.localName === "br")
    : isBlockName(text.parentElement.localName) || text.parentElement.localName === "body";

// What is pasted into an empty line is that line, unless it is words; a figure is never taken apart.
// `dialect` is how a rule is written here.
export function fitted(slice, { selection: { $from } }, dialect) {
  const content = Fragment.fromArray(slice.content.content.map((node) => ruled(node, dialect)));
  const { firstChild: first, lastChild: last, childCount } = content;
  const isEmptyLine = $from.parent.isTextblock && !$from.parent.content.size && !$from.parent.type.spec.code;
  const isWhole = first && (isFigure(first) || (isEmptyLine && first.isBlock && first.attrs.tag !== "p"));
  const isWholeEnd = last && (isFigure(last) || (isWhole && childCount === 1));
  return new Slice(content, isWhole ? 0 : slice.openStart, isWholeEnd ? 0 : slice.openEnd);
}

const isFigure = (node) => node.type.name === "box" && node.attrs.tag === "figure";

export const ruled = (node, dialect) =>
  node.type.name === "card" && node.attrs.source === "<hr>"
    ? node.type.create({ ...node.attrs, source: SEPARATOR[dialect] })
    : node;
