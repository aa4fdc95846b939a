// A card's source in a window of its own, and that of a new one.

import { Fragment } from "../../../vendor/prosemirror/prosemirror.js";
import { insertBlock } from "./commands.js";
import { nodesOf } from "./document.js";
import { goneOf, hold } from "./held.js";
import { make } from "./make.js";
import { schema } from "./schema.js";

// The selected card's source; what it says afterwards stands in its place, as text where it can be.
export function askForCard(view, opened) {
  const { node, from } = view.state.selection;
  if (node?.type !== schema.nodes.card) return; // another is selected since it was asked for
  const card = hold(view, from);
  const element = dialog(view, `Source: ${node.attrs.name}`, node.attrs.source, (source) => {
    if (source === node.attrs.source) return null;
    const at = card.place();
    if (at === null) return goneOf("card");
    const parts = partsOf(source, opened);
    const { tr } = view.state;
    view.dispatch(parts.length ? tr.replaceWith(at, at + node.nodeSize, parts) : tr.delete(at, at + node.nodeSize));
    return null;
  });
  element.addEventListener("close", card.release);
}

export function askForSource(view, opened) {
  dialog(view, "Source", "", (source) => {
    const parts = partsOf(source, opened);
    if (parts.length) insertBlock(Fragment.fromArray(parts))(view.state, view.dispatch);
    return null;
  });
}

// Its nodes as new ones: they stand where nothing of the text stood.
function partsOf(source, { originals }) {
  const { nodes } = nodesOf(source.trim(), originals);
  originals.of(nodes[0]?.attrs.id)?.glue.clear();
  return nodes;
}

// `done` gives a sentence where it cannot take the source: the window then stays, with what was typed.
function dialog(view, title, source, done) {
  const field = make("textarea", {
    class: "textarea source-field",
    spellcheck: "false",
    "aria-label": title,
    rows: "14",
  });
  field.value = source;
  const said = make("p", { role: "alert" });
  const save = make("button", { class: "btn" }, "Done");
  const cancel = make("button", { class: "btn", "data-variant": "outline", type: "button" }, "Cancel");
  const acts = make("div", { class: "dialog-acts" }, cancel, save);
  const form = make("form", {}, make("h2", {}, title), field, said, acts);
  const element = make("dialog", { class: "source-dialog", "aria-label": title }, form);
  document.body.append(element);
  cancel.addEventListener("click", () => element.close());
  element.addEventListener("close", () => element.remove());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    said.textContent = done(sameEnds(field.value, source)) ?? "";
    if (said.textContent) return;
    element.close();
    view.focus();
  });
  element.showModal();
  return element;
}

// A field of text knows one end of a line; the source may have another.
const sameEnds = (text, before) => (before.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text);
