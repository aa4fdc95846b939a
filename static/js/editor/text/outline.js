// The headings of the text, and the way to each.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { bubble } from "./bubble.js";
import { make } from "./make.js";
import { headingsOf } from "./reading.js";

export function openOutline(view) {
  const found = headingsOf(view.state.doc);
  const list = make("ol", { class: "text-outline", "aria-label": "Outline" });
  const empty = make("p", { class: "quiet" }, "No headings yet. “## ” at the beginning of a line makes one.");
  const shown = bubble(view, [found.length ? list : empty], "Outline");
  for (const { level, title, at } of found) {
    const go = make(
      "button",
      { type: "button", class: "link-offer", "data-level": level, dir: "auto" },
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
  list.querySelector("button")?.focus();
}
