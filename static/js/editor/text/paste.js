// What is pasted, from a browser, Word or Google Docs, as a text of ours: its structure stays, its looks
// go. Pure but for the browser's parser.

const GONE =
  "script, style, meta, link, title, xml, iframe, object, embed, form, input, button, select, textarea, svg, canvas, video, audio";
const NAMES = { b: "strong", i: "em", strike: "s", del: "s" };
// What Word calls a list is a paragraph with a sign before it.
const WORD_SIGN = /^\s*(?:[·•o§▪-]|\(?(?:\d+|[a-z]|[ivx]+)[.)])[\s\u00a0]+/i;

// { html, dropped }: `dropped` names what was left out, for people.
export function cleaned(pasted) {
  const body = new DOMParser().parseFromString(pasted, "text/html").body;
  const dropped = droppedFrom(body);
  for (const one of body.querySelectorAll(GONE)) one.remove();
  unwrapDocs(body);
  listsFromWord(body);
  for (const one of body.querySelectorAll("*")) plain(one);
  unwrapEmpty(body);
  return { html: body.innerHTML, dropped };
}

const WORDS = {
  "script, style": null,
  "iframe, object, embed, video, audio": "what was embedded",
  "form, input, button, select, textarea": "form fields",
  "svg, canvas": "drawings",
};

function droppedFrom(body) {
  const found = Object.entries(WORDS).filter(([selector, words]) => words && body.querySelector(selector));
  const local = [...body.querySelectorAll("img")].filter(({ src }) => !/^https?:/.test(src));
  for (const one of local) one.remove();
  const names = found.map(([, words]) => words);
  return local.length ? [...names, local.length === 1 ? "a picture" : `${local.length} pictures`] : names;
}

// Google puts all into a `b` that is not bold, and says bold by styles.
function unwrapDocs(body) {
  for (const one of body.querySelectorAll(
    "b[id^=docs-internal-guid], b[style*='font-weight:normal'], b[style*='font-weight: normal']",
  )) {
    one.replaceWith(...one.childNodes);
  }
  for (const one of body.querySelectorAll("span[style]")) wrapByStyle(one);
}

function wrapByStyle(span) {
  const { fontWeight, fontStyle, textDecorationLine, textDecoration, verticalAlign } = span.style;
  const tags = [];
  if (fontWeight === "bold" || Number(fontWeight) >= 600) tags.push("strong");
  if (fontStyle === "italic") tags.push("em");
  if (/line-through/.test(textDecorationLine + textDecoration)) tags.push("s");
  if (verticalAlign === "super") tags.push("sup");
  if (verticalAlign === "sub") tags.push("sub");
  for (const tag of span.closest("h1, h2, h3, h4, h5, h6") ? tags.filter((one) => one !== "strong") : tags) {
    const wrapper = document.createElement(tag);
    wrapper.append(...span.childNodes);
    span.append(wrapper);
  }
}

function listsFromWord(body) {
  let list = null;
  for (const line of [...body.querySelectorAll("p[class*=MsoListParagraph], p[style*='mso-list']")]) {
    const sign = line.textContent;
    const tag = /^\s*\(?(?:\d+|[a-z]|[ivx]+)[.)]/i.test(sign) ? "ol" : "ul";
    if (list?.localName !== tag || list.nextElementSibling !== line) {
      list = document.createElement(tag);
      line.before(list);
    }
    const item = document.createElement("li");
    item.append(...withoutSign(line));
    list.append(item);
    line.remove();
  }
}

function withoutSign(line) {
  for (const one of line.querySelectorAll("[style*='mso-list:Ignore'], [style*='mso-list: Ignore']")) one.remove();
  const text = document.createTreeWalker(line, NodeFilter.SHOW_TEXT).nextNode();
  if (text) text.data = text.data.replace(WORD_SIGN, "");
  return line.childNodes;
}

// One element without what it looks like: the addresses, spans of cells and words for pictures stay.
function plain(one) {
  for (const { name, value } of [...one.attributes]) {
    const isKept = ["href", "src", "alt", "colspan", "rowspan", "start", "dir", "lang", "data-pm-slice"].includes(name);
    const runs = ["href", "src"].includes(name) && !/^(?:https?:|mailto:|tel:|[/#?.]|igny8:)/i.test(value.trim());
    if (!isKept || runs) one.removeAttribute(name);
  }
  const name = NAMES[one.localName];
  if (name) replaceName(one, name);
  else if (["span", "font", "o:p"].includes(one.localName)) one.replaceWith(...one.childNodes);
}

function replaceName(one, name) {
  const other = document.createElement(name);
  other.append(...one.childNodes);
  one.replaceWith(other);
}

function unwrapEmpty(body) {
  for (const one of body.querySelectorAll("a:not([href])")) one.replaceWith(...one.childNodes);
  for (const one of body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")) {
    const isEmpty = !one.textContent.replace(/\u00a0/g, " ").trim() && !one.querySelector("img, br");
    if (isEmpty) one.remove();
  }
}
