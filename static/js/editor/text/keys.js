// What keys do in the text.

import {
  baseKeymap,
  chainCommands,
  deleteSelection,
  goToNextCell,
  joinBackward,
  joinForward,
  keymap,
  redo,
  selectNodeBackward,
  selectNodeForward,
  undo,
  undoInputRule,
} from "../../../vendor/prosemirror/prosemirror.js";
import { breakLine, enter, move, raise, setTag, sink, toggleFormat, toggleList, toggleQuote } from "./commands.js";
import { deleteFramed, selectWhole } from "./frames.js";
import { joinItemBackward, joinItemForward } from "./joins.js";
import { leaveBelow, leaveEmptyLine } from "./leaving.js";
import { addRowAtEnd } from "./table-acts.js";

export const BACK = chainCommands(
  undoInputRule,
  deleteFramed,
  deleteSelection,
  selectWhole(-1),
  joinItemBackward,
  joinBackward,
  selectNodeBackward,
);
const FORWARD = chainCommands(
  deleteFramed,
  deleteSelection,
  selectWhole(1),
  joinItemForward,
  joinForward,
  selectNodeForward,
);
const HEADINGS = [1, 2, 3, 4, 5, 6].map((level) => [`Mod-Alt-${level}`, setTag(`h${level}`)]);
const LOOKS = {
  "Mod-b": toggleFormat("strong"),
  "Mod-i": toggleFormat("em"),
  "Mod-u": toggleFormat("u"),
  "Mod-e": toggleFormat("code"),
  "Mod-Shift-x": toggleFormat("s"),
  "Mod-Alt-0": setTag("p"),
  ...Object.fromEntries(HEADINGS),
  "Mod-Shift-7": toggleList("ol"),
  "Mod-Shift-8": toggleList("ul"),
  "Mod-Shift-9": toggleQuote,
};
const MOVES = {
  "Alt-ArrowUp": move(-1),
  "Alt-ArrowDown": move(1),
  Tab: chainCommands(sink, goToNextCell(1), addRowAtEnd),
  "Shift-Tab": chainCommands(raise, goToNextCell(-1)),
  "Mod-]": sink,
  "Mod-[": raise,
};

// `acts` are those of the desk around the text: all, link, find.
export function keysOf(dialect, acts) {
  const around = { "Mod-a": acts.all, "Mod-End": acts.all, "Mod-k": acts.link, "Mod-f": acts.find };
  const undoing = { "Mod-z": undo, "Mod-y": redo, "Mod-Shift-z": redo };
  const leaving = { Enter: chainCommands(leaveEmptyLine, enter), ArrowDown: leaveBelow };
  const lines = { ...leaving, "Shift-Enter": breakLine(dialect), Backspace: BACK, Delete: FORWARD };
  return [keymap({ ...undoing, ...LOOKS, ...around, ...MOVES, ...lines }), keymap(baseKeymap)];
}
