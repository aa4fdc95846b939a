// What an element or block of the source becomes on the desk. Pure.

const words = (text) => new Set(text.split(" "));

// Lines of text, where nothing but text stands in them.
export const LINES = words("p h1 h2 h3 h4 h5 h6 pre figcaption summary address dt dd caption legend center div");
export const BOXES = words(
  "div section article aside header footer main nav figure blockquote details dl hgroup center address dd figcaption",
);
const LISTS = words("ul ol");
// They begin a line of their own in a page.
const BLOCKS = words(
  "address article aside blockquote center dd details dialog dir div dl dt fieldset figcaption figure footer form " +
    "h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre search section summary table ul tbody thead tfoot tr " +
    "td th caption colgroup col legend",
);
// They have a life of their own, or nothing that could be written in.
const KEPT = words(
  "script style iframe object embed form svg math video audio template picture noscript textarea select input button " +
    "canvas map area link meta base title frameset colgroup col menu dir dialog fieldset search hr",
);
// WordPress makes something of these that is not what stands in them.
const KEPT_BLOCKS = words("html shortcode embed more nextpage separator spacer file search latest-posts");
// Of these a line of words is written by a person: an embed's caption, a file's name.
const WORDED = { embed: "figcaption", file: "a" };
const SHORTCODES = /^\s*(?:\[\/?[a-zA-Z][\w-]*(?:\s[^\]]*)?\]\s*)+$/;

export const isListName = (name) => LISTS.has(name);
export const isBlockName = (name) => BLOCKS.has(name);
const plainName = (name) => name.replace(/^core\//, "").replace(/^core-embed\/.*/, "embed");
export const isKeptBlock = (name) => KEPT_BLOCKS.has(plainName(name));

// The only line in a block that is kept otherwise, or undefined.
export const wordsIn = ({ name }, element) =>
  element.children.find(
    (one) => one.name === WORDED[plainName(name)] && one.children.length > 0 && one.children.every(isInline),
  );
export const isKept = (name) => KEPT.has(name) || name.includes("-");
export const isShortcodes = (text) => SHORTCODES.test(text);

// Whether a line of its own is somewhere in it.
export const hasBlock = (node) =>
  node.children.some(
    (one) => one.kind === "block" || (one.kind === "element" && (isBlockName(one.name) || hasBlock(one))),
  );

// Whether it is text, or stands among text.
export function isInline(node) {
  if (node.kind === "text") return !node.isBroken;
  if (node.kind === "comment") return true;
  return (
    node.kind === "element" && !node.isBroken && !isBlockName(node.name) && !hasBlock(node) && !isAlwaysAlone(node)
  );
}

// An iframe or a video is a card of its own, also in a paragraph that holds nothing else.
const isAlwaysAlone = (node) => ["iframe", "video", "audio", "object", "form", "script", "style"].includes(node.name);

// What a card says it is.
export function cardName(source, node) {
  const text = source.slice(node.start, Math.min(node.end, node.start + 400));
  if (node.kind === "block") return blockName(node, text);
  if (node.kind === "comment") return commentName(text);
  if (node.kind === "element") return ELEMENT_NAMES[node.name] ?? `Kept as written: ${node.name}`;
  return isShortcodes(text) ? "Shortcode" : "Kept as written";
}

const ELEMENT_NAMES = {
  hr: "Separator",
  iframe: "Frame",
  script: "Script",
  style: "Styles",
  form: "Form",
  svg: "Drawing",
  video: "Video",
  audio: "Audio",
  picture: "Picture",
  table: "Table",
  template: "Template",
};

function blockName({ name }, text) {
  if (/^(core\/)?embed$/.test(name)) return `Embed: ${/"providerNameSlug":"([\w-]+)"/.exec(text)?.[1] ?? "web page"}`;
  const words = name.replace(/^core\//, "").replace(/[-/]/g, " ");
  return `${words[0].toUpperCase()}${words.slice(1)}`;
}

function commentName(text) {
  if (/^<!--\s*more\b/.test(text)) return "“Read more” stands here";
  if (/^<!--\s*nextpage\b/.test(text)) return "A new page begins here";
  return "Note in the source";
}
