// Publishing settings: rows of hours and of days can be added and removed; a preview that no longer
// fits what is typed goes away.
import { byId } from "../common/dom.js";

const form = byId("settings");
const rowsOf = (list) => [...list.querySelectorAll("[data-row]")];

function number(list) {
  rowsOf(list).forEach((row, place) => {
    for (const field of row.querySelectorAll("[name^='start-'], [name^='end-']")) {
      field.name = field.name.replace(/\d+$/, String(place));
    }
    for (const named of row.querySelectorAll("[aria-label]")) {
      named.setAttribute("aria-label", named.getAttribute("aria-label").replace(/\d+$/, String(place + 1)));
    }
  });
}

function add(list) {
  const last = rowsOf(list).at(-1);
  const row = last.cloneNode(true);
  for (const wrong of row.querySelectorAll(".wrong")) wrong.remove();
  for (const field of row.querySelectorAll("input")) {
    field.value = "";
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  last.after(row);
  number(list);
  row.querySelector("input").focus();
}

function remove(button) {
  const list = button.closest("[data-rows]");
  const rows = rowsOf(list);
  const at = rows.indexOf(button.closest("[data-row]"));
  if (rows.length > 1) rows[at].remove();
  else for (const field of rows[0].querySelectorAll("input")) field.value = "";
  number(list);
  rowsOf(list)[Math.max(0, at - 1)].querySelector("input").focus();
  changed();
  form.dispatchEvent(new Event("rows"));
}

// What is applied must be what was previewed: the server checks it, the page says it.
const changed = () => document.querySelector("[data-preview]")?.remove();

form.addEventListener("input", changed);
form.addEventListener("click", (event) => {
  const adds = event.target.closest("[data-add]");
  const removes = event.target.closest("[data-remove]");
  if (adds) add(form.querySelector(`[data-rows="${adds.dataset.add}"]`));
  if (removes) remove(removes);
});

document.querySelector("[data-preview]")?.focus();
document.querySelector("[aria-invalid]")?.focus();
