// What Word writes in its own ways, as HTML means it: lists that are paragraphs with signs, titles and quotes by
// name, notes, page breaks, changes that were tracked.

import { STYLE } from "./inert.js";

const LIST_LINES = `p[${STYLE}*='mso-list'], p[class*=MsoListParagraph]`;
const SIGN = `[${STYLE}*='mso-list:Ignore'], [${STYLE}*='mso-list: Ignore']`;
const NUMBER = /^\s*\(?(\d+(?:\.\d+)*|[a-z]{1,2}|[ivxlcdm]+)[.)]/i;
const FIRST = /^\s*\(?1[.)]/;
// The sign of a line that does not say which part of it that is.
const WRITTEN_SIGN = /^\s*(?:[·•o§▪-]|\(?(?:\d+|[a-z]|[ivx]+)[.)])[\s\u00a0]+/i;
const NAMED = { MsoTitle: "h1", MsoQuote: "blockquote", MsoIntenseQuote: "blockquote" };
const GONE = {
  [`.msocomanchor, .MsoCommentReference, [${STYLE}*='mso-element:comment']`]: "comments",
  "del[datetime], .msoDel": "what was deleted with changes tracked",
};

// Whether a part of what was pasted may begin with this element.
export const mayBegin = (element) => !element.matches(LIST_LINES);

// Names what was left out.
export function fromWord(body) {
  const dropped = Object.entries(GONE).flatMap(([selector, words]) => (removed(body, selector) ? [words] : []));
  removed(body, `br[clear], [${STYLE}*='mso-element:footnote-list'] > hr, [${STYLE}*='mso-element:endnote-list'] > hr`);
  for (const [name, tag] of Object.entries(NAMED))
    for (const line of body.querySelectorAll(`p.${name}`)) rename(line, tag);
  listsOf(body);
  return noteSigns(body) ? [...dropped, "the links of its notes"] : dropped;
}

function removed(body, selector) {
  const found = body.querySelectorAll(selector);
  for (const one of found) one.remove();
  return found.length > 0;
}

export function rename(one, name) {
  const other = one.ownerDocument.createElement(name);
  other.append(...one.childNodes);
  one.replaceWith(other);
  return other;
}

// A note's sign stays, raised; where it led to has no name in our text. So with other places within a file.
function noteSigns(body) {
  const links = body.querySelectorAll("a[href^='#_ftn'], a[href^='#_edn']");
  for (const one of links) {
    const sign = body.ownerDocument.createElement("sup");
    sign.textContent = one.textContent.trim();
    one.replaceWith(sign);
  }
  for (const one of body.querySelectorAll("a[href^='#_']")) one.replaceWith(...one.childNodes);
  return links.length > 0;
}

// Lines that follow each other are one list, with a list in an item where the level says so.
function listsOf(body) {
  let open = []; // from the outermost list to the one that is written on
  for (const line of body.querySelectorAll(LIST_LINES)) {
    const sign = signOf(line);
    if (sign === null) continue;
    const tag = NUMBER.test(sign) ? "ol" : "ul";
    if (open[0]?.list.nextElementSibling !== line) open = [];
    open = listFor({ tag, level: levelOf(line), start: startOf(sign), isFirst: FIRST.test(sign) }, open, line);
    const item = body.ownerDocument.createElement("li");
    item.append(...line.childNodes);
    open.at(-1).list.append(item);
    line.remove();
  }
}

function listFor({ tag, level, start, isFirst }, open, line) {
  const around = open.filter((one) => one.level < level);
  const here = open[around.length];
  if (here?.tag === tag && !isFirst) return [...around, { ...here, level }];
  const list = line.ownerDocument.createElement(tag);
  if (start > 1) list.setAttribute("start", start);
  if (around.length) around.at(-1).list.lastElementChild.append(list);
  else line.before(list);
  return [...around, { tag, level, list }];
}

const levelOf = (line) => Number(/mso-list:[^;]*\blevel(\d+)/i.exec(line.getAttribute(STYLE) ?? "")?.[1] ?? 1);
const startOf = (sign) => Number(/^\s*\(?(\d+)[.)]/.exec(sign)?.[1] ?? 1);

// The sign before the words, which is taken out; null where it is a line like any other.
function signOf(line) {
  const marked = line.querySelectorAll(SIGN);
  const sign = [...marked].map(({ textContent }) => textContent).join("");
  for (const one of marked) one.remove();
  const text = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
  if (marked.length) {
    if (text) text.data = text.data.trimStart();
    return sign;
  }
  const written = WRITTEN_SIGN.exec(line.textContent)?.[0];
  if (!written) return null;
  text.data = text.data.replace(WRITTEN_SIGN, "");
  return written;
}
