// After “@” in a field people are offered by name: arrows, Enter or Tab take one, Escape closes.
import { askText } from "../common/server.js";

const BEGUN = /(?:^|\s)@([^@\n]{0,40})$/;
const MOST = 6;
const people = new Map(); // address → who may be named, on the way
let list = null;
let field = null;
let at = 0;

function whoSee(address) {
  if (!people.has(address))
    people.set(
      address,
      askText(address, { isQuiet: true }).then(JSON.parse, () => []),
    );
  return people.get(address);
}

const begun = () => BEGUN.exec(field.value.slice(0, field.selectionStart))?.[1];

export function close() {
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  list?.remove();
  list = null;
}

function option({ name, guest }, number) {
  const item = document.createElement("li");
  Object.assign(item, { id: `name-${number}`, textContent: guest ? `${name} (client)` : name });
  item.dataset.name = name;
  item.setAttribute("role", "option");
  return item;
}

function mark(number) {
  const all = [...list.children];
  at = (number + all.length) % all.length;
  for (const [index, one] of all.entries()) one.setAttribute("aria-selected", index === at);
  field.setAttribute("aria-activedescendant", all[at].id);
}

function offer(found) {
  close();
  if (!found.length) return;
  list = Object.assign(document.createElement("ul"), { id: "names", className: "names" });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  list.append(...found.map(option));
  field.after(list);
  field.setAttribute("aria-controls", "names");
  mark(0);
}

function take(name) {
  const until = field.selectionStart;
  const from = until - begun().length;
  field.setRangeText(`${name} `, from, until, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

document.addEventListener("input", async ({ target }) => {
  if (!target.matches("textarea[data-names]")) return;
  field = target;
  const typed = begun()?.toLowerCase();
  if (typed === undefined) return close();
  const all = await whoSee(target.dataset.names);
  if (field !== target || begun()?.toLowerCase() !== typed) return;
  offer(
    all
      .filter(({ name }) => name.toLowerCase().startsWith(typed) && name.toLowerCase() !== typed.trim())
      .slice(0, MOST),
  );
});
document.addEventListener(
  "keydown",
  (event) => {
    if (!list || event.target !== field) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) mark(at + steps[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") take(list.children[at].dataset.name);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
document.addEventListener("mousedown", (event) => {
  const item = event.target.closest(".names [data-name]");
  if (!item) return;
  event.preventDefault();
  take(item.dataset.name);
});
document.addEventListener("focusout", ({ target }) => target === field && close());
