// The fields around the text, each a text by name, as the server reads them (webapp/editor/fields.py).
import { byId } from "../common/dom.js";

const FORM = "editor-form";
const OTHERS = new Set(["_csrf", "version", "html", "act"]);

const controls = () => [...byId(FORM).elements].filter((one) => one.name && !OTHERS.has(one.name));
const named = (name) => controls().filter((one) => one.name === name);

export function values() {
  const found = {};
  for (const one of controls()) {
    if (one.type !== "checkbox") found[one.name] = one.value;
    else {
      found[one.name] ??= "";
      if (one.checked) found[one.name] = inOrder([found[one.name], one.value]);
    }
  }
  return found;
}

// Boxes stand by their names, and what is ticked is a list of numbers in their order, as the server has it.
const inOrder = (lines) =>
  lines
    .flatMap((line) => line.split("\n"))
    .filter(Boolean)
    .sort((one, other) => one - other)
    .join("\n");

export function set(name, text) {
  const [first] = named(name);
  if (first) addMissing(first, text);
  for (const one of named(name)) {
    if (one.type === "checkbox") one.checked = text.split("\n").includes(one.value);
    else one.value = text;
    one.dispatchEvent(new CustomEvent("field:set", { bubbles: true }));
  }
}

// What was chosen elsewhere while the page was open is no choice of it yet: without one it would be cleared.
function addMissing(first, text) {
  const values = first.type === "checkbox" ? text.split("\n").filter(Boolean) : [text];
  const known = new Set(first.options ? [...first.options].map(({ value }) => value) : named(first.name).map(valueIn));
  for (const value of values.filter((one) => !known.has(one))) {
    if (first.options) first.add(new Option(called(value), value));
    if (first.type === "checkbox") addBox(first, value);
  }
}

const valueIn = (one) => one.value;

// A name stands for itself; a number's name is known after a reload.
const called = (value) => (/^\d+$/.test(value) ? `Number ${value}, chosen meanwhile` : value);

function addBox(first, value) {
  const label = document.createElement("label");
  const box = first.cloneNode();
  label.className = "tick";
  box.value = value;
  label.append(box, ` ${called(value)}`);
  first.closest("fieldset").querySelector("label:last-of-type").after(label);
}

// As it stands beside the field.
export const nameOf = (name) =>
  name === "html" ? "Text" : (document.querySelector(`#rail-${name}, label[for$="-${name}"]`)?.textContent ?? name);

export const show = (texts) => {
  for (const [name, text] of Object.entries(texts)) set(name, text);
};

// Beside each field what is wrong with it; nothing where that is over.
export function showWrong(wrong) {
  for (const place of document.querySelectorAll(".wrong-place")) {
    const name = place.id.replace("wrong-", "");
    const sentence = wrong[name] ?? "";
    if (place.textContent.trim() !== sentence) place.replaceChildren(...(sentence ? [line(sentence)] : []));
    for (const one of named(name)) {
      if (sentence) one.setAttribute("aria-invalid", "true");
      else one.removeAttribute("aria-invalid");
    }
  }
}

function line(sentence) {
  const words = document.createElement("p");
  words.className = "wrong";
  words.textContent = sentence;
  return words;
}

export function onChange(run) {
  document.addEventListener("input", ({ target }) => {
    if (target.form?.id === FORM && target.name && !OTHERS.has(target.name)) run();
  });
}
