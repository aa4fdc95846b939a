// Lists with an entry a line (data-entries): each entry stands by itself and can be removed, and a field
// adds another one. The lines stay in the form's own field, which then is not shown.
import { byId } from "../common/dom.js";

const linesOf = (field) => field.value.split("\n").filter((line) => line.trim());

function write(field, lines) {
  field.value = lines.join("\n");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  draw(field);
}

function add(field, typed) {
  const name = typed.trim().replace(/\s+/g, " ");
  const lines = linesOf(field);
  if (name && !lines.includes(name)) write(field, [...lines, name]);
}

function draw(field) {
  const box = field.closest("[data-entries]").querySelector(".picked");
  box.replaceChildren(...linesOf(field).map((line) => pick(field, line)));
}

function pick(field, line) {
  const entry = document.createElement("span");
  const button = document.createElement("button");
  entry.className = "pick";
  entry.dir = "auto";
  entry.append(line, button);
  button.type = "button";
  button.setAttribute("aria-label", `Remove ${line}`);
  button.append(byId("icon-x").content.cloneNode(true));
  button.addEventListener("click", () => {
    const adds = field.closest("[data-entries]").querySelector("input");
    write(
      field,
      linesOf(field).filter((one) => one !== line),
    );
    adds.focus();
  });
  return entry;
}

function make(place) {
  const field = place.querySelector("textarea");
  const box = document.createElement("div");
  const adds = document.createElement("input");
  box.className = "picked";
  adds.className = "input";
  adds.id = `add-${field.name}`;
  adds.placeholder = `Add ${place.dataset.one}`;
  adds.dir = "auto";
  adds.setAttribute("autocomplete", "off");
  if (byId(`known-${field.name}`)) adds.setAttribute("list", `known-${field.name}`);
  place.querySelector("label").htmlFor = adds.id;
  const take = () => {
    add(field, adds.value);
    adds.value = "";
  };
  adds.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === ",") {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !adds.value) write(field, linesOf(field).slice(0, -1));
  });
  adds.addEventListener("change", take);
  field.hidden = true;
  field.addEventListener("field:set", () => draw(field));
  field.before(box, adds);
  draw(field);
}

if (byId("desk")?.dataset.isPlain === "no") document.querySelectorAll("[data-entries]").forEach(make);
