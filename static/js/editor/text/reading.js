// What can be said of the text: its words, its headings, where the cursor is. Pure.

const WORDS_A_MINUTE = 220;
const LETTERLESS = /^[^\p{L}\p{N}]+$/u;
let segmenter;

const known = new WeakMap(); // a line → its words: one that nobody touched is not counted again

export function wordsOf(doc) {
  let words = 0;
  doc.descendants((node) => {
    if (!node.isTextblock) return true;
    if (!known.has(node)) known.set(node, counted(node.textBetween(0, node.content.size, null, " ")));
    words += known.get(node);
    return false;
  });
  return { words, minutes: Math.max(1, Math.round(words / WORDS_A_MINUTE)) };
}

const BEGINNING = 600; // places in the document

export const beginningOf = (doc) =>
  doc
    .textBetween(0, Math.min(doc.content.size, BEGINNING), " ", ({ type }) => (type.name === "line_break" ? " " : ""))
    .replace(/\s+/g, " ")
    .trim();

// Scripts without spaces between words are cut by the browser's own rules.
function counted(text) {
  if (!/[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]/.test(text)) {
    return text.split(/\s+/).filter((word) => word && !LETTERLESS.test(word)).length;
  }
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  return Array.from(segmenter.segment(text)).filter((one) => one.isWordLike).length;
}

// [{ level, title, at }]
export function headingsOf(doc) {
  const found = [];
  doc.descendants((node, at) => {
    const level = /^h([1-6])$/.exec(node.attrs.tag ?? "")?.[1];
    if (level) found.push({ level: Number(level), title: node.textContent.trim(), at });
    return !node.isTextblock;
  });
  return found;
}

// The heading above the cursor, "" before the first.
export function placeOf(state) {
  const before = headingsOf(state.doc).filter(({ at }) => at <= state.selection.head);
  return before.at(-1)?.title ?? "";
}
