// The text as its source in a plain field: what the editor falls back to. A field knows one kind of line
// end only; each comes back as it was in the text that was opened.
const BEGINNING = 2_000; // characters

export function openPlainText({ place, source, onChange, label }) {
  const field = document.createElement("textarea");
  field.className = "source-field";
  field.spellcheck = false;
  field.setAttribute("aria-label", label);
  let opened = source;
  let shown = "";
  show(source);
  field.addEventListener("input", onChange);
  place.replaceChildren(field);

  function show(text) {
    opened = text;
    field.value = text;
    shown = field.value;
  }

  return {
    source: () => (field.value === shown ? opened : withEnds(field.value, opened)),
    take: (text) => keepingPlace(field, () => show(text)),
    focus: () => field.focus(),
    words: () => countWords(field.value),
    beginning: () => wordsOf(field.value.slice(0, BEGINNING)),
    place: () => headingBefore(field.value, field.selectionStart),
    isReady: () => true,
    destroy: () => field.remove(),
  };
}

function withEnds(text, opened) {
  const usual = opened.includes("\r\n") ? "\r\n" : opened.includes("\r") && !opened.includes("\n") ? "\r" : "\n";
  const before = opened.split(/\r\n|\r|\n/);
  const ends = opened.match(/\r\n|\r|\n/g) ?? [];
  if (new Set(ends).size < 2) return text.replaceAll("\n", usual);
  return mixed(text.split("\n"), before, ends, usual);
}

// Lines that stand before and behind what was changed keep their own ends.
function mixed(lines, before, ends, usual) {
  let head = 0;
  while (head < Math.min(lines.length, before.length) && lines[head] === before[head]) head += 1;
  let tail = 0;
  const most = Math.min(lines.length, before.length) - head;
  while (tail < most && lines.at(-1 - tail) === before.at(-1 - tail)) tail += 1;
  const endOf = (line) => {
    if (line < head && line < ends.length) return ends[line];
    const fromEnd = lines.length - 1 - line;
    return fromEnd <= tail && fromEnd >= 1 ? (ends.at(-fromEnd) ?? usual) : usual;
  };
  return lines.map((line, number) => (number < lines.length - 1 ? line + endOf(number) : line)).join("");
}

// Takes another text in: the caret stays at the words at which it stood.
function keepingPlace(field, change) {
  const { value, selectionStart, selectionEnd } = field;
  change();
  const common = sharedBeginning(value, field.value);
  const shift = field.value.length - value.length;
  const moved = (at) => (at <= common ? at : Math.max(common, at + shift));
  field.setSelectionRange(moved(selectionStart), moved(selectionEnd));
}

function sharedBeginning(one, other) {
  const most = Math.min(one.length, other.length);
  let at = 0;
  while (at < most && one[at] === other[at]) at += 1;
  return at;
}

const wordsOf = (html) =>
  html
    .replace(/<!--[\s\S]*?-->|<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

function countWords(html) {
  const words = wordsOf(html).match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
  return { words, minutes: Math.max(1, Math.round(words / 220)) };
}

function headingBefore(html, at) {
  const found =
    html
      .slice(0, at)
      .match(/<h[1-6][^>]*>([\s\S]*?)<\/h[1-6]>/gi)
      ?.at(-1) ?? "";
  return found.replace(/<[^>]*>/g, "").trim();
}
