// What is put into the text as a whole: a table, a rule, an embed, source; and the acts on a table.

import {
  addColumnAfter,
  addRowAfter,
  deleteColumn,
  deleteRow,
  deleteTable,
  isInTable,
  mergeCells,
  splitCell,
  toggleHeaderRow,
} from "../../../vendor/prosemirror/prosemirror.js";
import { bubble, byArrows } from "./bubble.js";
import { quoted } from "./characters.js";
import { insertBlock } from "./commands.js";
import { BLOCKS, SEPARATOR } from "./dialect.js";
import { make } from "./make.js";
import { schema } from "./schema.js";
import { newTable } from "./table-acts.js";

const card = (source, name) => schema.nodes.card.create({ source, name });

const TABLE_ACTS = [
  ["Add a row below", addRowAfter],
  ["Add a column after", addColumnAfter],
  ["First row is a heading", toggleHeaderRow],
  ["Merge the selected cells", mergeCells],
  ["Split the cell", splitCell],
  ["Delete the row", deleteRow],
  ["Delete the column", deleteColumn],
  ["Delete the table", deleteTable],
];

// A new table, or the acts on the one around the cursor.
export function tableMenu(state, dispatch, view, tool) {
  if (dispatch && !isInTable(state)) insertBlock(newTable(3, 3))(state, dispatch);
  else if (dispatch)
    menu(
      view,
      "Table",
      TABLE_ACTS.filter(([, command]) => command(state)),
      tool,
    );
  return true;
}

export const insertMenu = (dialect, acts) => (_state, dispatch, view, tool) => {
  if (dispatch) menu(view, "Insert", insertions(dialect, acts), tool);
  return true;
};

const insertions = (dialect, acts) => [
  ["Picture", acts.image],
  ["Table", (state, dispatch) => insertBlock(newTable(3, 3))(state, dispatch)],
  ["Embed by its address", (_state, _dispatch, view) => askForEmbed(view, dialect)],
  ["Separator", insertBlock(card(SEPARATOR[dialect], "Separator"))],
  ["“Read more” mark", insertBlock(card(moreOf(dialect), "“Read more” stands here"))],
  ["Source", (_state, _dispatch, view) => acts.newSource(view)],
];

const moreOf = (dialect) => (dialect === BLOCKS ? "<!-- wp:more -->\n<!--more-->\n<!-- /wp:more -->" : "<!--more-->");

function menu(view, label, entries, tool) {
  const list = make("ul", { class: "link-offers", "aria-label": label });
  for (const [words, command] of entries) {
    const one = make("button", { type: "button", class: "link-offer" }, words);
    one.addEventListener("click", () => {
      shown.close();
      command(view.state, view.dispatch, view);
    });
    list.append(make("li", {}, one));
  }
  const shown = bubble(view, [list], label, tool);
  byArrows(list);
  list.querySelector("button")?.focus();
}

function askForEmbed(view, dialect) {
  const field = make("input", {
    class: "input",
    type: "url",
    required: true,
    placeholder: "https://",
    "aria-label": "Address of the page to embed",
  });
  const form = make(
    "form",
    { class: "link-form" },
    field,
    make("button", { class: "btn", "data-size": "sm" }, "Embed"),
  );
  const shown = bubble(view, [form], "Embed");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    shown.close();
    insertBlock(card(embedOf(field.value.trim(), dialect), "Embed: web page"))(view.state, view.dispatch);
    view.focus();
  });
}

// A classic text's address on a line of its own is what WordPress makes an embed of.
function embedOf(address, dialect) {
  if (dialect !== BLOCKS)
    return dialect === "classic" ? address : `<p><a href="${quoted(address)}">${quoted(address)}</a></p>`;
  const shown = quoted(address);
  const facts = JSON.stringify({ url: address })
    .replaceAll("--", "\\u002d\\u002d")
    .replaceAll("<", "\\u003c")
    .replaceAll(">", "\\u003e");
  const inner = `<figure class="wp-block-embed"><div class="wp-block-embed__wrapper">\n${shown}\n</div></figure>`;
  return `<!-- wp:embed ${facts} -->\n${inner}\n<!-- /wp:embed -->`;
}
