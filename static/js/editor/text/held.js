// The node that a window is open about, found again after others have written.

import { Plugin, PluginKey } from "../../../vendor/prosemirror/prosemirror.js";

const key = new PluginKey("held");

// Where each of them stands now; what was taken out stands nowhere.
export const held = () =>
  new Plugin({
    key,
    state: {
      init: () => new Map(),
      apply: (tr, places) => {
        const change = tr.getMeta(key);
        return tr.docChanged || change ? new Map([...moved(tr, places), ...(change ?? [])]) : places;
      },
    },
  });

function moved(tr, places) {
  const results = [...places].map(([name, at]) => [name, at === null ? null : tr.mapping.mapResult(at, 1)]);
  return results.filter(([, result]) => result && !result.deletedAfter).map(([name, result]) => [name, result.pos]);
}

// { place(), release() }: `place` is null where the node is gone, or says something else now.
export function hold(view, at) {
  const name = Symbol("held");
  const node = view.state.doc.nodeAt(at);
  const put = (where) => view.dispatch(view.state.tr.setMeta(key, [[name, where]]));
  put(at);
  return {
    place: () => placeOf(view.state, name, node),
    release: () => view.isDestroyed || put(null),
  };
}

// What was taken out and put in somewhere else is known by its source, where there is only one of it.
function placeOf(state, name, node) {
  const isIt = (one) => one?.type === node.type && one.attrs.source === node.attrs.source;
  const at = key.getState(state).get(name) ?? null;
  if (at !== null && isIt(state.doc.nodeAt(at))) return at;
  const found = [];
  state.doc.descendants((one, place) => {
    if (isIt(one)) found.push(place);
  });
  return found.length === 1 ? found[0] : null;
}

export const goneOf = (what) =>
  `This ${what} is not in the text any more: somebody has changed or deleted it. Copy what you need of this, then close it.`;
