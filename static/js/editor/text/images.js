// Pictures in the text: a new one by its address or by one of the piece's own, and what one says of itself.

import { NodeSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { attributeOf, withValue } from "./attributes.js";
import { bubble } from "./bubble.js";
import { quoted } from "./characters.js";
import { insertBlock } from "./commands.js";
import { goneOf, hold } from "./held.js";
import { make } from "./make.js";
import { schema } from "./schema.js";

const { nodes } = schema;

export function figureOf({ address, alt }) {
  const source = `<img src="${quoted(address)}" alt="${quoted(alt)}"/>`;
  const line = nodes.paragraph.create({ tag: null, open: "", close: "" }, nodes.image.create({ source }));
  return nodes.box.create({ tag: "figure" }, line);
}

// `pictures` gives those of the piece: [{ address, alt, name }].
export const askForImage = (pictures) => (state, dispatch, view) => {
  const { node } = state.selection;
  if (node?.type === nodes.image) {
    if (dispatch) editImage(view, state.selection.from);
    return true;
  }
  if (dispatch) void openNew(view, pictures);
  return state.selection.$from.depth > 0 || Boolean(node);
};

async function openNew(view, pictures) {
  const own = pictures ? await pictures() : [];
  const fields = fieldsOf({ address: "", alt: "" });
  const shown = bubble(view, [fields.form, ownList(own, fields)], "Picture");
  fields.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = fields.address.value.trim();
    if (!address) return;
    shown.close();
    insertBlock(figureOf({ address, alt: fields.alt.value.trim() }))(view.state, view.dispatch);
    view.focus();
  });
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

function fieldsOf({ address, alt }) {
  const where = make("input", {
    class: "input",
    id: "picture-address",
    value: address,
    autocomplete: "off",
    spellcheck: "false",
  });
  const words = make("textarea", { class: "textarea", id: "picture-alt", rows: "2" });
  words.value = alt;
  const field = (label, element) => make("div", { class: "field" }, make("label", { for: element.id }, label), element);
  const form = make("form", { class: "picture-form" }, field("Address", where), field("Alternative text", words));
  form.append(make("p", { class: "quiet" }, "Empty alternative text says: decoration."));
  form.append(make("button", { class: "btn", "data-size": "sm" }, "Done"));
  return { form, address: where, alt: words };
}

// The picture at that place: its address and its alternative text; every other byte of it stays.
export function editImage(view, at) {
  const { source } = view.state.doc.nodeAt(at).attrs;
  view.dispatch(view.state.tr.setSelection(NodeSelection.create(view.state.doc, at)));
  const picture = hold(view, at);
  const fields = fieldsOf({ address: attributeOf(source, "src") ?? "", alt: attributeOf(source, "alt") ?? "" });
  const said = make("p", { role: "alert" });
  fields.form.append(said);
  const shown = bubble(view, [fields.form], "Picture");
  shown.element.addEventListener("closed", picture.release);
  fields.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const place = picture.place();
    said.textContent = place === null ? goneOf("picture") : "";
    if (place === null) return;
    shown.close();
    const named = withValue(source, "src", fields.address.value.trim());
    view.dispatch(view.state.tr.setNodeAttribute(place, "source", withValue(named, "alt", fields.alt.value.trim())));
    view.focus();
  });
}
