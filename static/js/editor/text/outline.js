// The headings of the text, and the way to each.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { bubble, byArrows } from "./bubble.js";
import { make } from "./make.js";
import { headingsOf } from "./reading.js";

export function openOutline(_state, _dispatch, view, tool) {
  const found = headingsOf(view.state.doc);
  const list = make("ol", { class: "text-outline", "aria-label": "Outline" });
  const empty = make("p", { class: "quiet" }, "No headings yet. “## ” at the beginning of a line makes one.");
  const here = found.findLast(({ at }) => at <= view.state.selection.head);
  for (const one of found) {
    const { level, title, at } = one;
    const go = make(
      "button",
      { type: "button", class: "link-offer", "data-level": level, dir: "auto", "aria-current": one === here && "true" },
      title || "(empty heading)",
    );
    go.addEventListener("click", () => {
      shown.close();
      const selection = TextSelection.near(view.state.doc.resolve(at + 1));
      view.dispatch(view.state.tr.setSelection(selection).scrollIntoView());
      view.focus();
    });
    list.append(make("li", {}, go));
  }
  const shown = bubble(view, [found.length ? list : empty], "Outline", tool);
  byArrows(list);
  (list.querySelector("[aria-current]") ?? list.querySelector("button"))?.focus();
}
