// What keys do in the text.

import {
  baseKeymap,
  chainCommands,
  deleteSelection,
  goToNextCell,
  joinBackward,
  keymap,
  redo,
  selectNodeBackward,
  undo,
  undoInputRule,
} from "../../../vendor/prosemirror/prosemirror.js";
import { breakLine, enter, move, raise, setTag, sink, toggleFormat, toggleList, toggleQuote } from "./commands.js";
import { addRowAtEnd } from "./table-acts.js";

const backspace = chainCommands(undoInputRule, deleteSelection, joinBackward, selectNodeBackward);

// `acts` are those of the desk around the text: link, find, source, focus.
export function keysOf(dialect, acts) {
  const headings = [1, 2, 3, 4, 5, 6].map((level) => [`Mod-Alt-${level}`, setTag(`h${level}`)]);
  return [
    keymap({
      "Mod-z": undo,
      "Mod-y": redo,
      "Mod-Shift-z": redo,
      "Mod-b": toggleFormat("strong"),
      "Mod-i": toggleFormat("em"),
      "Mod-u": toggleFormat("u"),
      "Mod-e": toggleFormat("code"),
      "Mod-Shift-x": toggleFormat("s"),
      "Mod-k": acts.link,
      "Mod-f": acts.find,
      "Mod-Alt-0": setTag("p"),
      ...Object.fromEntries(headings),
      "Mod-Shift-7": toggleList("ol"),
      "Mod-Shift-8": toggleList("ul"),
      "Mod-Shift-9": toggleQuote,
      "Alt-ArrowUp": move(-1),
      "Alt-ArrowDown": move(1),
      Enter: enter,
      "Shift-Enter": breakLine(dialect),
      Backspace: backspace,
      Tab: chainCommands(sink, goToNextCell(1), addRowAtEnd),
      "Shift-Tab": chainCommands(raise, goToNextCell(-1)),
      "Mod-]": sink,
      "Mod-[": raise,
    }),
    keymap(baseKeymap),
  ];
}
