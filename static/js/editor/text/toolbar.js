// The line of tools: one stop for Tab, arrows within. A tool that does not apply here is pale, and what
// is on here is pressed.

import { redo, undo } from "../../../vendor/prosemirror/prosemirror.js";
import {
  hasFormat,
  listAround,
  quoteAround,
  setTag,
  tagOf,
  toggleFormat,
  toggleList,
  toggleQuote,
} from "./commands.js";
import { linkAt } from "./links.js";
import { button, make } from "./make.js";
import { isPasting } from "./paste-long.js";

const KINDS = [
  ["p", "Paragraph"],
  ["h2", "Heading 2"],
  ["h3", "Heading 3"],
  ["h4", "Heading 4"],
  ["h5", "Heading 5"],
  ["h6", "Heading 6"],
  ["h1", "Heading 1"],
  ["pre", "Code"],
];
const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const mod = isMac ? "⌘" : "Ctrl";

// `acts`: link, image, table, more, outline, find, source.
export class Toolbar {
  constructor(place, acts) {
    this.place = place;
    this.tools = toolsOf(acts);
    this.kind = make("select", { class: "select text-kind", "aria-label": "Kind of line" });
    this.kind.append(...KINDS.map(([value, words]) => make("option", { value }, words)));
    place.setAttribute("role", "toolbar");
    place.setAttribute("aria-label", "Format");
  }

  attach(view) {
    this.view = view;
    this.kind.addEventListener("change", () => this.#run(setTag(this.kind.value)));
    const parts = this.tools.map((tool) => (tool ? this.#button(tool) : make("span", { class: "split" })));
    this.count = make("span", { class: "text-count quiet num" });
    const end = this.tools.findIndex((tool) => tool?.isLast);
    this.place.replaceChildren(this.kind, ...parts.slice(0, end), this.count, ...parts.slice(end));
    this.stops = [...this.place.querySelectorAll("select, button")];
    this.place.addEventListener("keydown", (event) => this.#onKey(event));
    this.place.addEventListener("focusin", ({ target }) => this.#stopAt(target));
    this.#stopAt(this.stops[0]);
    this.place.addEventListener("scroll", () => this.#hint(), { passive: true });
    new ResizeObserver(() => this.#hint()).observe(this.place);
    this.show(view.state);
  }

  // On which sides there are more tools than are seen.
  #hint() {
    const { scrollLeft, scrollWidth, clientWidth } = this.place;
    const before = Math.abs(scrollLeft);
    const sides = [before > 1 && "start", scrollWidth - clientWidth - before > 1 && "end"];
    this.place.dataset.more = sides.filter(Boolean).join(" ");
  }

  #button(tool) {
    const words = tool.keys ? `${tool.label}, ${tool.keys.replace("Mod", mod)}` : tool.label;
    tool.element = button(tool.icon, words, () => this.#run(tool.command, tool.element));
    tool.element.addEventListener("mousedown", (event) => event.preventDefault());
    if (tool.isOn) tool.element.setAttribute("aria-pressed", "false");
    if (tool.opens) tool.element.setAttribute("aria-haspopup", "dialog");
    return tool.element;
  }

  async #run(command, tool) {
    const { view } = this;
    if (isPasting(view.state)) return;
    await command(view.state, view.dispatch, view, tool);
    if (!document.activeElement?.closest(".text-bubble, .text-find, dialog")) view.focus();
  }

  show(state) {
    const tag = tagOf(state);
    if (KINDS.some(([value]) => value === tag)) this.kind.value = tag;
    const waits = isPasting(state);
    this.kind.disabled = !tag || waits;
    for (const { element, isOn, command, isAlways } of this.tools.filter(Boolean)) {
      if (isOn) element.setAttribute("aria-pressed", String(isOn(state)));
      element.setAttribute("aria-disabled", String(waits || (!isAlways && !command(state))));
    }
  }

  tell({ words, minutes }) {
    this.count.textContent = `${words.toLocaleString("en")} ${words === 1 ? "word" : "words"} · ${minutes} min`;
  }

  #onKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by || (event.target.matches("select") && event.altKey)) return;
    event.preventDefault();
    const at = this.stops.indexOf(document.activeElement);
    this.stops[(at + by + this.stops.length) % this.stops.length].focus();
  }

  #stopAt(stop) {
    for (const one of this.stops) one.tabIndex = one === stop ? 0 : -1;
  }
}

const format = (icon, label, tag, keys) => ({
  icon,
  label,
  keys,
  command: toggleFormat(tag),
  isOn: (state) => hasFormat(state, tag),
});
const list = (icon, label, tag, keys) => ({
  icon,
  label,
  keys,
  command: toggleList(tag),
  isOn: (state) => listAround(state)?.node.attrs.tag === tag,
});

function toolsOf(acts) {
  return [
    null,
    format("bold", "Bold", "strong", "Mod B"),
    format("italic", "Italic", "em", "Mod I"),
    {
      icon: "link-2",
      label: "Link",
      keys: "Mod K",
      command: acts.link,
      isOn: (state) => Boolean(linkAt(state)),
      opens: true,
    },
    format("code", "Code", "code", "Mod E"),
    null,
    list("list", "Bullets", "ul", "Mod Shift 8"),
    list("list-ordered", "Numbers", "ol", "Mod Shift 7"),
    {
      icon: "quote",
      label: "Quote",
      keys: "Mod Shift 9",
      command: toggleQuote,
      isOn: (state) => Boolean(quoteAround(state)),
    },
    null,
    { icon: "image", label: "Picture", command: acts.image, opens: true },
    { icon: "table", label: "Table", command: acts.table, opens: true },
    { icon: "plus", label: "Insert", command: acts.insert, opens: true, isAlways: true },
    null,
    { icon: "undo-2", label: "Undo", keys: "Mod Z", command: undo },
    { icon: "redo-2", label: "Redo", keys: "Mod Y", command: redo },
    { icon: "list-tree", label: "Outline", command: acts.outline, opens: true, isAlways: true, isLast: true },
    { icon: "text-search", label: "Find and replace", keys: "Mod F", command: acts.find, isAlways: true },
    { icon: "file-code", label: "Source", command: acts.source, isAlways: true },
  ];
}
