// How what is new is written: as WordPress's blocks, as text that WordPress makes paragraphs of, or as
// plain HTML, whichever the text around it is written in. Pure.

export const BLOCKS = "blocks";
export const CLASSIC = "classic";
export const HTML = "html";

// What a text is written in; `usual` where it does not show.
export function dialectOf(source, usual) {
  if (/<!--\s+wp:/.test(source)) return BLOCKS;
  if (/<p[\s>]/i.test(source)) return HTML;
  return source.trim() ? CLASSIC : usual;
}

// The dialect of what stands in a box: that of its other children, else its own.
export function dialectIn(box, dialect) {
  let found = "";
  box.forEach((child) => {
    const open = child.attrs.open ?? child.attrs.source ?? "";
    if (child.attrs.id && open) found ||= isBlock(open) ? BLOCKS : HTML;
  });
  if (found) return found;
  if (box.attrs.open !== null) return isOfBlock(box.attrs.open) ? BLOCKS : HTML;
  return dialect === BLOCKS ? BLOCKS : HTML;
}

const isOfBlock = (open) => isBlock(open) || /\bclass="[^"]*\bwp-block-/.test(open);
const isBlock = (open) => /^<!--\s+wp:/.test(open);

// The start and end of a node that has none yet. `place`: flow, item, cell, figure or definitions; `isFirst` in
// it.
export function edgesOf(node, { place, dialect, isFirst }) {
  const tag = tagFor(node, place);
  if (place !== "flow" && isFirst && tag === "p") return plain("");
  if (place === "figure" && node.type.name === "paragraph") return captionOf(tag, dialect);
  if (place === "figure" && node.type.name === "table") return elementOf(node, tag);
  if (["cell", "definitions"].includes(place) || (place === "item" && node.type.name !== "list"))
    return elementOf(node, tag);
  if (dialect === CLASSIC && tag === "p") return plain("");
  return dialect === BLOCKS ? blockOf(node, tag) : elementOf(node, tag);
}

// A list of numbers that does not begin with the first one says so.
const startIn = ({ type, attrs: { tag, start } }) => (type.name === "list" && tag === "ol" && start !== 1 ? start : 0);

const plain = (tag) => (tag ? { open: `<${tag}>`, close: `</${tag}>` } : { open: "", close: "" });

function elementOf(node, tag) {
  if (node.type.name === "preformatted") return { open: "<pre><code>", close: "</code></pre>" };
  if (node.type.name === "table") return { open: "<table>", close: "</table>" };
  if (startIn(node)) return { open: `<ol start="${startIn(node)}">`, close: "</ol>" };
  return plain(tag);
}

const PLAIN = new Set([null, "p", "figcaption", "a"]);
// Where a line of such an element is one.
const HOMES = { figcaption: "figure", a: "file" };
const CELLS = { cell: "td", head_cell: "th" };

// A caption without its figure is a paragraph, so is a definition without its list, where a paragraph is a
// definition; a cell is what it became.
function tagFor({ type, attrs: { tag } }, place) {
  if (type.name in CELLS) return CELLS[type.name];
  const isTerm = tag === "dt" || tag === "dd";
  if (place === "definitions") return isTerm ? tag : type.name === "paragraph" && PLAIN.has(tag) ? "dd" : tag;
  if (isTerm) return type.name === "paragraph" ? "p" : "div";
  if (type.name !== "paragraph") return tag;
  return tag && (HOMES[tag] ?? place) === place ? tag : "p";
}

const captionOf = (tag, dialect) =>
  tag === "figcaption" && dialect === BLOCKS
    ? { open: '<figcaption class="wp-element-caption">', close: "</figcaption>" }
    : plain(tag);

const wrapped = (name, facts, open, close) => ({
  open: `<!-- wp:${name} ${facts ? `${JSON.stringify(facts)} ` : ""}-->\n${open}`,
  close: `${close}\n<!-- /wp:${name} -->`,
});

function blockOf(node, tag) {
  if (/^h[1-6]$/.test(tag)) return headingBlock(tag);
  const make = BLOCK_OF[node.type.name === "box" ? tag : node.type.name];
  return make ? make(tag, node) : plain(tag);
}

function headingBlock(tag) {
  const level = Number(tag[1]);
  return wrapped("heading", level === 2 ? null : { level }, `<${tag} class="wp-block-heading">`, `</${tag}>`);
}

const BLOCK_OF = {
  paragraph: (tag) => (tag === "p" ? wrapped("paragraph", null, "<p>", "</p>") : plain(tag)),
  preformatted: () => wrapped("code", null, '<pre class="wp-block-code"><code>', "</code></pre>"),
  list: (tag, node) => {
    const start = startIn(node);
    const facts = tag === "ol" ? { ordered: true, ...(start && { start }) } : null;
    return wrapped("list", facts, `<${tag}${start ? ` start="${start}"` : ""} class="wp-block-list">`, `</${tag}>`);
  },
  item: () => wrapped("list-item", null, "<li>", "</li>"),
  blockquote: () => wrapped("quote", null, '<blockquote class="wp-block-quote">', "</blockquote>"),
  figure: () => wrapped("image", null, '<figure class="wp-block-image">', "</figure>"),
  table: () =>
    wrapped("table", null, '<figure class="wp-block-table"><table class="has-fixed-layout">', "</table></figure>"),
};

// What stands between two neighbours where nothing is said.
export function glueOf(node, { dialect, parent }) {
  const isWithin = ["row", "item", "cell", "head_cell"].includes(parent) || node.attrs.tag === "figcaption";
  if (isWithin || node.type.name === "row") return "";
  if (node.type.name === "item" && dialect !== BLOCKS) return "\n";
  return dialect === HTML ? "\n" : "\n\n";
}

// A rule across the page, a break of lines, and other things without text.
export const SEPARATOR = {
  [BLOCKS]: '<!-- wp:separator -->\n<hr class="wp-block-separator has-alpha-channel-opacity"/>\n<!-- /wp:separator -->',
  [CLASSIC]: "<hr />",
  [HTML]: "<hr>",
};

export const breakOf = (dialect) => (dialect === CLASSIC ? "<br />" : "<br>");
