// Pictures in the text: a new one by its address or by one of the piece's own, and what one says of itself.

import { NodeSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { attributeOf, withValue } from "./attributes.js";
import { bubble } from "./bubble.js";
import { captionOf, withCaption } from "./captions.js";
import { insertBlock } from "./commands.js";
import { figureOf } from "./figures.js";
import { goneOf, hold } from "./held.js";
import { make } from "./make.js";
import { schema } from "./schema.js";

const { nodes } = schema;
const LONGEST = "1000"; // characters of alternative text, as the desk keeps it with the picture

// `pictures` gives those of the piece: [{ address, alt, name }]; `add` takes files to the cursor's place;
// `describe` is told what is said of a picture.
export const askForImage =
  ({ pictures, add, describe }) =>
  (state, dispatch, view) => {
    const { node } = state.selection;
    if (node?.type === nodes.image) {
      if (dispatch) editImage(view, state.selection.from, describe);
      return true;
    }
    if (dispatch) void openNew(view, pictures, add);
    return true;
  };

async function openNew(view, pictures, add) {
  const own = pictures ? await pictures() : [];
  const fields = fieldsOf({ address: "", alt: "" });
  const files = add ? [filesButton((chosen) => taken(chosen))] : [];
  const shown = bubble(view, [...files, fields.form, ownList(own, fields)], "Picture");
  const taken = (chosen) => {
    shown.close();
    add(chosen);
    view.focus();
  };
  fields.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = fields.address.value.trim();
    if (!address) return;
    shown.close();
    insertBlock(figureOf({ address, alt: fields.alt.value.trim() }))(view.state, view.dispatch);
    view.focus();
  });
}

function filesButton(taken) {
  const made = make("button", { class: "btn", type: "button", "data-size": "sm" }, "Choose files…");
  const input = make("input", { type: "file", accept: "image/png,image/jpeg,image/gif,image/webp", multiple: true });
  input.addEventListener("change", () => input.files.length && taken(input.files));
  made.addEventListener("click", () => input.click());
  return make("p", { class: "picture-files" }, made, make("span", { class: "quiet" }, "or drop, or paste them"));
}

function ownList(own, fields) {
  const items = own.map(({ address, alt, name }) => {
    const choose = make("button", { type: "button", class: "link-offer" }, make("span", {}, name));
    choose.addEventListener("click", () => {
      fields.address.value = address;
      fields.alt.value ||= alt;
      fields.form.requestSubmit();
    });
    return make("li", {}, choose);
  });
  return make("ul", { class: "link-offers", "aria-label": "Pictures of this piece" }, ...items);
}

function fieldsOf({ address, alt, caption = null }) {
  const where = make("input", {
    class: "input",
    id: "picture-address",
    value: address,
    autocomplete: "off",
    spellcheck: "false",
  });
  const words = make("textarea", { class: "textarea", id: "picture-alt", rows: "2", dir: "auto", maxlength: LONGEST });
  words.value = alt;
  const below = make("input", { class: "input", id: "picture-caption", dir: "auto", autocomplete: "off" });
  below.value = caption ?? "";
  const field = (label, element) => make("div", { class: "field" }, make("label", { for: element.id }, label), element);
  const form = make("form", { class: "picture-form" }, field("Address", where), field("Alternative text", words));
  form.append(make("p", { class: "quiet" }, "Empty alternative text says: decoration."));
  if (caption !== null) form.append(field("Caption", below));
  form.append(make("button", { class: "btn", "data-size": "sm" }, "Done"));
  return { form, address: where, alt: words, caption: below };
}

// The picture at that place: its address, its alternative text, its caption; every other byte of it stays.
export function editImage(view, at, describe) {
  if (at === undefined) return; // it was deleted since it was asked for
  const { source } = view.state.doc.nodeAt(at).attrs;
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)));
  const picture = hold(view, at);
  const said = { address: attributeOf(source, "src") ?? "", alt: attributeOf(source, "alt") ?? "" };
  const caption = captionOf(view.state.doc, at)?.words ?? null;
  const fields = fieldsOf({ ...said, caption });
  const problem = make("p", { role: "alert" });
  fields.form.append(problem);
  const shown = bubble(view, [fields.form], "Picture");
  shown.element.addEventListener("closed", picture.release);
  if (said.address) fields.alt.focus();
  fields.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const place = picture.place();
    problem.textContent = place === null ? goneOf("picture") : "";
    if (place === null) return;
    shown.close();
    const now = Object.fromEntries(["address", "alt", "caption"].map((name) => [name, fields[name].value.trim()]));
    const named = withValue(withValue(source, "src", now.address), "alt", now.alt);
    const tr = view.state.tr.setNodeAttribute(place, "source", named);
    view.dispatch(caption === null ? tr : withCaption(tr, place, now.caption));
    describe?.(now.address, changed({ ...said, caption }, now));
    view.focus();
  });
}

// What is said of it now, and was not before.
const changed = (before, { alt, caption }) => ({
  ...(alt !== before.alt && { alt }),
  ...(before.caption !== null && caption !== before.caption && { caption }),
});
