// Tables: a new one, and the row that Tab adds behind the last cell.

import { addRowAfter, goToNextCell, isInTable, selectedRect } from "../../../vendor/prosemirror/prosemirror.js";
import { schema } from "./schema.js";

const { nodes } = schema;

const line = () => nodes.paragraph.create({ tag: null, open: "", close: "" });

export function newTable(rows, columns) {
  const cells = (type) => Array.from({ length: columns }, () => type.create(null, line()));
  const body = Array.from({ length: rows }, () => nodes.row.create(null, cells(nodes.cell)));
  return nodes.table.create(null, body);
}

export function addRowAtEnd(state, dispatch, view) {
  if (!isInTable(state)) return false;
  const { bottom, right, map } = selectedRect(state);
  if (bottom < map.height || right < map.width) return false;
  if (dispatch) {
    addRowAfter(state, dispatch);
    goToNextCell(1)(view.state, dispatch);
  }
  return true;
}
