// Acts on a card as a whole, and its source in a window of its own.

import { Fragment } from "../../../vendor/prosemirror/prosemirror.js";
import { insertBlock, move } from "./commands.js";
import { nodesOf } from "./document.js";
import { make } from "./make.js";

export const moveCard = (direction) => (view) => {
  move(direction)(view.state, view.dispatch);
  view.focus();
};

export function removeCard(view) {
  view.dispatch(view.state.tr.deleteSelection().scrollIntoView());
  view.focus();
}

// The selected card's source; what it says afterwards stands in its place, as text where it can be.
export function askForCard(view, opened) {
  const { node, from } = view.state.selection;
  dialog(`Source: ${node.attrs.name}`, node.attrs.source, (source) => {
    if (source === node.attrs.source) return;
    const parts = partsOf(source, opened);
    view.dispatch(
      parts.length
        ? view.state.tr.replaceWith(from, from + node.nodeSize, parts)
        : view.state.tr.delete(from, from + node.nodeSize),
    );
    view.focus();
  });
}

export function askForSource(view, opened) {
  dialog("Source", "", (source) => {
    const parts = partsOf(source, opened);
    if (parts.length) insertBlock(Fragment.fromArray(parts))(view.state, view.dispatch);
    view.focus();
  });
}

// Its nodes as new ones: they stand where nothing of the text stood.
function partsOf(source, { originals }) {
  const { nodes } = nodesOf(source.trim(), originals);
  originals.of(nodes[0]?.attrs.id)?.glue.clear();
  return nodes;
}

function dialog(title, source, done) {
  const field = make("textarea", {
    class: "textarea source-field",
    spellcheck: "false",
    "aria-label": title,
    rows: "14",
  });
  field.value = source;
  const save = make("button", { class: "btn", value: "done" }, "Done");
  const cancel = make("button", { class: "btn", "data-variant": "outline", type: "button" }, "Cancel");
  const form = make(
    "form",
    { method: "dialog" },
    make("h2", {}, title),
    field,
    make("div", { class: "dialog-acts" }, cancel, save),
  );
  const element = make("dialog", { class: "source-dialog", "aria-label": title }, form);
  document.body.append(element);
  cancel.addEventListener("click", () => element.close(""));
  element.addEventListener("close", () => {
    element.remove();
    if (element.returnValue === "done") done(sameEnds(field.value, source));
  });
  element.showModal();
}

// A field of text knows one end of a line; the source may have another.
const sameEnds = (text, before) => (before.includes("\r\n") ? text.replaceAll("\n", "\r\n") : text);
