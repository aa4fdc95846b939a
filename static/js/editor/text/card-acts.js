// Acts on a card as a whole; its source has a window (card-source.js).

import { NodeSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { move } from "./commands.js";
import { frameOf } from "./frames.js";

export const moveCard = (direction) => (view) => {
  selectFrame(view);
  move(direction)(view.state, view.dispatch);
  view.focus();
};

export function removeCard(view) {
  selectFrame(view);
  view.dispatch(view.state.tr.deleteSelection().scrollIntoView());
  view.focus();
}

// A card that is all of a figure goes with it.
function selectFrame({ state, dispatch }) {
  const at = frameOf(state.selection);
  if (at !== null) dispatch(state.tr.setSelection(NodeSelection.create(state.doc, at)));
}
