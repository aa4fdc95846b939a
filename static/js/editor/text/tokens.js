// A source, cut into tags, comments and text. Pure.
//
// The tokens, one after the other, are the source. What begins like a tag and is none to its end is
// "broken" up to the end of the source: nobody knows what a browser makes of it.

export const VOID = new Set("area base br col embed hr img input link meta param source track wbr".split(" "));
// Their text is no markup.
export const RAW = new Set("script style textarea title iframe xmp noembed noframes noscript plaintext".split(" "));
const TAG = /<(\/?)([A-Za-z][^\s/>]*)((?:[^"'>]|"[^"]*"|'[^']*')*)>/y;

// `<!-->` is a comment with nothing in it, and `--!>` ends one as well.
const COMMENT_END = /<!--(?:-?>|[\s\S]*?--!?>)/y;
const STRANGE_END = /<[^>]*>/y;

export function tokens(source) {
  const found = [];
  let at = 0;
  while (at < source.length) {
    const next = source.indexOf("<", at);
    const end = next < 0 ? source.length : next;
    if (end > at) addText(found, at, end);
    if (next < 0) break;
    at = addMarkup(found, source, next);
  }
  return found;
}

// Text that touches text is one.
function addText(found, start, end) {
  const last = found.at(-1);
  if (last?.kind === "text" && last.end === start) last.end = end;
  else found.push({ kind: "text", start, end });
}

function addMarkup(found, source, at) {
  const second = source[at + 1] ?? "";
  if (second === "!" || second === "?") return addComment(found, source, at);
  if (!/[A-Za-z/]/.test(second)) {
    addText(found, at, at + 1);
    return at + 1;
  }
  TAG.lastIndex = at;
  const tag = TAG.exec(source);
  return tag ? addTag(found, source, tag, at) : addBroken(found, source, at);
}

function addComment(found, source, at) {
  const isComment = source.startsWith("<!--", at);
  const pattern = isComment ? COMMENT_END : STRANGE_END;
  pattern.lastIndex = at;
  if (!pattern.test(source)) return addBroken(found, source, at);
  const end = pattern.lastIndex;
  found.push({ kind: isComment ? "comment" : "strange", start: at, end });
  return end;
}

function addTag(found, source, [whole, slash, written, rest], at) {
  const name = written.toLowerCase();
  const end = at + whole.length;
  if (slash) {
    found.push({ kind: "close", name, start: at, end });
    return end;
  }
  found.push({ kind: "open", name, start: at, end, closesItself: rest.endsWith("/") });
  return RAW.has(name) ? addRaw(found, source, name, end) : end;
}

function addRaw(found, source, name, at) {
  const closing = new RegExp(`</${name}[\\s/>]`, "gi");
  closing.lastIndex = at;
  const close = closing.exec(source);
  const end = close ? source.indexOf(">", close.index) : -1;
  if (end < 0) return addBroken(found, source, at);
  if (close.index > at) found.push({ kind: "raw", start: at, end: close.index });
  found.push({ kind: "close", name, start: close.index, end: end + 1 });
  return end + 1;
}

function addBroken(found, source, at) {
  found.push({ kind: "broken", start: at, end: source.length });
  return source.length;
}
