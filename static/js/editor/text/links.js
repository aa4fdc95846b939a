// A link on what is selected: its address, or a piece of the site that is looked up by its title.

import { TextSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { attributeOf, withValue } from "./attributes.js";
import { bubble } from "./bubble.js";
import { quoted } from "./characters.js";
import { make } from "./make.js";
import { schema } from "./schema.js";

const { link } = schema.marks;

// The link around the cursor, or the first in the selection: { mark, from, to }.
export function linkAt(state) {
  const { from, to, $from } = state.selection;
  const parent = $from.parent;
  if (!parent.isTextblock) return null;
  const inside = [];
  parent.forEach((child, offset) => {
    const start = $from.start() + offset;
    const mark = link.isInSet(child.marks);
    if (mark) inside.push({ mark, from: start, to: start + child.nodeSize });
  });
  const found = inside.find((one) => one.from <= to && one.to >= from);
  if (!found) return null;
  const whole = inside.filter((one) => one.mark.eq(found.mark));
  return { mark: found.mark, from: whole[0].from, to: whole.at(-1).to };
}

export function setLink(view, address, title = "") {
  const { state } = view;
  const present = linkAt(state);
  const { from, to, empty } = present ?? { ...rangeOf(state) };
  const open = present ? withValue(present.mark.attrs.open, "href", address) : `<a href="${quoted(address)}">`;
  const mark = link.create({ ...present?.mark.attrs, tag: "a", open, close: present?.mark.attrs.close ?? "</a>" });
  const tr = state.tr;
  if (empty) tr.replaceSelectionWith(schema.text(title || address, [mark]), false);
  else {
    tr.removeMark(from, to, link);
    tr.addMark(from, to, mark);
    tr.setSelection(TextSelection.create(tr.doc, to));
  }
  view.dispatch(tr.removeStoredMark(link).scrollIntoView());
  view.focus();
}

const rangeOf = ({ selection: { from, to, empty } }) => ({ from, to, empty });

export function removeLink(view) {
  const present = linkAt(view.state);
  if (present) view.dispatch(view.state.tr.removeMark(present.from, present.to, present.mark));
  view.focus();
}

// A bare name of a host is meant as an address of the web.
export function addressOf(typed) {
  const text = typed.trim();
  if (!text || /^(?:[a-z][a-z0-9+.-]*:|[/#?.])/i.test(text)) return text;
  if (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text)) return `mailto:${text}`;
  return /^[^\s/]+\.[^\s/]{2,}(?:\/|$)/.test(text) ? `https://${text}` : text;
}

// Whether a link may lead there: words alone lead nowhere, and some schemes run.
const leads = (address) => /^(?!javascript:|data:|vbscript:)(?:[a-z][a-z0-9+.-]*:|[/#?.])/i.test(address);

export const askForLink = (find) => (state, dispatch, view) => {
  if (!state.selection.$from.parent.isTextblock) return false;
  if (dispatch) openLink(view, find);
  return true;
};

function openLink(view, find) {
  const present = linkAt(view.state);
  const value = present ? (attributeOf(present.mark.attrs.open, "href") ?? "") : "";
  const field = make("input", {
    class: "input",
    "aria-label": "Address, or words from a title",
    placeholder: "Address, or words from a title",
    value,
    autocomplete: "off",
    spellcheck: "false",
  });
  const offers = make("ul", { class: "link-offers", "aria-label": "Pieces of this site" });
  const form = make("form", { class: "link-form" }, field, make("button", { class: "btn", "data-size": "sm" }, "Link"));
  if (present) form.append(removal(view));
  const shown = bubble(view, [form, offers], "Link");
  const wrong = make("p", { class: "wrong", role: "alert" });
  form.after(wrong);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    done(view, shown, addressOf(field.value), wrong);
  });
  field.addEventListener("input", () => look(field.value, find, offers, (one) => take(view, shown, one)));
  shown.element.addEventListener("keydown", (event) => goThrough(event, field, offers));
  field.select();
}

function done(view, shown, address, wrong) {
  if (address && !leads(address)) {
    wrong.textContent = "This is no address. Choose a piece below, or write one, such as https://…";
    return;
  }
  shown.close();
  if (address) setLink(view, address);
  else removeLink(view);
}

// The arrows lead from the field to what was found, and back.
function goThrough(event, field, offers) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [field, ...offers.querySelectorAll("button")];
  const at = stops.indexOf(document.activeElement);
  if (!by || at < 0) return;
  event.preventDefault();
  stops[Math.max(0, Math.min(stops.length - 1, at + by))].focus();
}

function removal(view) {
  const made = make("button", { class: "btn", type: "button", "data-size": "sm", "data-variant": "ghost" }, "Remove");
  made.addEventListener("click", () => {
    made.dispatchEvent(new Event("closes", { bubbles: true }));
    removeLink(view);
  });
  return made;
}

function take(view, shown, { address, title }) {
  shown.close();
  setLink(view, address, title);
}

let asked = 0;

async function look(words, find, offers, chosen) {
  asked += 1;
  const mine = asked;
  const query = words.trim();
  const isAddress = /^(?:[a-z]+:|[/#])/i.test(query);
  const found = query.length > 1 && !isAddress && find ? await find(query) : [];
  if (mine !== asked) return;
  offers.replaceChildren(...found.map((one) => offer(one, chosen)));
}

function offer(one, chosen) {
  const words = [make("span", { dir: "auto" }, one.title), make("span", { class: "quiet" }, one.state ?? "")];
  const made = make("button", { type: "button", class: "link-offer" }, ...words);
  made.addEventListener("click", () => chosen(one));
  return make("li", {}, made);
}
