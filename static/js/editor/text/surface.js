// What the text stands in: the view with its plugins, what cards and pictures are drawn by, and what becomes of
// what is pasted or dropped.

import {
  dropCursor,
  EditorState,
  EditorView,
  gapCursor,
  history,
  tableEditing,
} from "../../../vendor/prosemirror/prosemirror.js";
import { moveCard, removeCard } from "./card-acts.js";
import { CardView, ImageView } from "./cards.js";
import { copy, cut, paste, toOthers } from "./clipboard.js";
import { finding } from "./find.js";
import { habits } from "./habits.js";
import { held } from "./held.js";
import { keysOf } from "./keys.js";
import { withWindows } from "./later.js";
import { linkEdges } from "./link-edges.js";
import { near } from "./near.js";
import { bodyOf, clean, fitted, sentenceOf } from "./paste.js";
import { pasteLong, pasting } from "./paste-long.js";
import { takeDropped, takePasted, uploading } from "./uploads.js";
import { whole } from "./whole.js";

// `desk`: { opened, options, acts, uploads }; `dispatched` takes each transaction.
export function viewOf(place, desk, dispatched) {
  const { opened, options, acts, uploads } = desk;
  const state = EditorState.create({ doc: opened.doc, plugins: pluginsOf(opened.dialect, acts) });
  return new EditorView(place, {
    state,
    attributes: {
      class: "text",
      role: "textbox",
      "aria-multiline": "true",
      "aria-label": options.label,
      spellcheck: "true",
    },
    nodeViews: nodeViewsOf(desk),
    clipboardSerializer: toOthers,
    handleDOMEvents: {
      copy: (view, event) => copy(view, event, opened),
      cut: (view, event) => cut(view, event, opened),
      drop: (view, event) => takeDropped(view, event, uploads),
      paste: (view, event) => takesPasted(view, event, desk),
    },
    transformPasted: (slice, view) => fitted(slice, view.state, opened.dialect),
    transformPastedHTML: (html) => withoutLooks(html, options.say),
    dispatchTransaction: dispatched,
  });
}

// Before ProseMirror reads it: a long text would be read twice, and said twice what was left out.
function takesPasted(view, event, desk) {
  if (view.composing) return false;
  const { opened, uploads } = desk;
  const isTaken = takePasted(event, uploads) || paste(view, event, opened) || pasteLong(view, event, desk);
  if (isTaken) event.preventDefault();
  return isTaken;
}

function pluginsOf(dialect, acts) {
  return [
    history(),
    habits(dialect),
    ...keysOf(dialect, acts),
    tableEditing(),
    dropCursor(),
    gapCursor(),
    linkEdges(),
    near(),
    finding(),
    whole(),
    held(),
    uploading(),
    pasting(),
  ];
}

function nodeViewsOf({ opened, options: { address, describe, say } }) {
  const acts = {
    up: moveCard(-1),
    down: moveCard(1),
    remove: removeCard,
    source: (view) => withWindows(say, (windows) => windows.askForCard(view, opened)),
  };
  const edit = (view, getPos) => withWindows(say, (windows) => windows.editImage(view, getPos(), describe));
  const pictures = { find: address, edit };
  return {
    card: (node, view, getPos) => new CardView(node, view, getPos, acts),
    image: (node, view, getPos) => new ImageView(node, view, getPos, pictures),
  };
}

function withoutLooks(pasted, say) {
  const body = bodyOf(pasted);
  const said = sentenceOf(clean(body));
  if (said) say(said);
  return body.innerHTML;
}
