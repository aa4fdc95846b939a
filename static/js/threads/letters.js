// The text below an element without its spaces, and where in the page each character of it stands. The server
// reads the source of a piece in the same way (webapp/writing/visible.py).
const BLANK = /[\s\u200b\ufeff]/u;
const BLANKS = /[\s\u200b\ufeff]+/gu;
const NO_TEXT = "ins.suggested, script, style";
const AROUND = 60; // characters on each side tell one place of the same words from another

export const bare = (text) => text.replace(BLANKS, "");

export function lettersOf(root) {
  const found = { text: "", nodes: [], starts: [] };
  const walker = root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = bare(node.data);
    if (!own || node.parentElement.closest(NO_TEXT)) continue;
    found.nodes.push(node);
    found.starts.push(found.text.length);
    found.text += own;
  }
  return found;
}

function alike(one, other) {
  let length = 0;
  while (length < one.length && length < other.length && one[length] === other[length]) length += 1;
  return length;
}

const turned = (text) => [...text].reverse().join("");

// Where the words stand, as the number of their first letter; of several places the one with the most of what
// stood around them. -1: nowhere.
export function find({ text }, { words, before, after }) {
  let best = -1;
  let most = -1;
  if (!words) return best;
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const head = turned(text.slice(Math.max(at - AROUND, 0), at));
    const fit = alike(head, turned(before)) + alike(text.slice(at + words.length), after);
    if (fit > most) [best, most] = [at, fit];
  }
  return best;
}

function nodeOf(starts, letter) {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (starts[middle] <= letter) low = middle;
    else high = middle - 1;
  }
  return low;
}

function placeOf({ nodes, starts }, letter) {
  const number = nodeOf(starts, letter);
  const { data } = nodes[number];
  let left = letter - starts[number];
  for (let offset = 0; offset < data.length; offset += 1) {
    if (BLANK.test(data[offset])) continue;
    if (left === 0) return [nodes[number], offset];
    left -= 1;
  }
  return [nodes[number], data.length];
}

// So many letters as a range of the page.
export function rangeOf(letters, at, length) {
  const range = letters.nodes[0].ownerDocument.createRange();
  range.setStart(...placeOf(letters, at));
  const [node, offset] = placeOf(letters, at + length - 1);
  range.setEnd(node, offset + 1);
  return range;
}

// The place behind a letter; before the first one for -1.
export function placeBehind(letters, letter) {
  const range = rangeOf(letters, Math.max(letter, 0), 1);
  range.collapse(letter < 0);
  return range;
}

function textIn(range) {
  const part = range.cloneContents();
  for (const element of part.querySelectorAll(NO_TEXT)) element.remove();
  return part.textContent;
}

// What is chosen below the root, with what stands around it; null where that is nothing.
export function chosenIn(root) {
  const selection = root.ownerDocument.getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return null;
  const words = textIn(range).trim();
  if (!bare(words)) return null;
  const head = range.cloneRange();
  head.selectNodeContents(root);
  head.setEnd(range.startContainer, range.startOffset);
  const tail = range.cloneRange();
  tail.selectNodeContents(root);
  tail.setStart(range.endContainer, range.endOffset);
  return { words, before: bare(textIn(head)).slice(-AROUND), after: bare(textIn(tail)).slice(0, AROUND), range };
}
