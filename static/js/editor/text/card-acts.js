// Acts on a card as a whole; its source has a window (card-source.js).

import { move } from "./commands.js";

export const moveCard = (direction) => (view) => {
  move(direction)(view.state, view.dispatch);
  view.focus();
};

export function removeCard(view) {
  view.dispatch(view.state.tr.deleteSelection().scrollIntoView());
  view.focus();
}
