// A card on the page: what it is, what it is made of, and what can be done with it as a whole.

import { NodeSelection } from "../../../vendor/prosemirror/prosemirror.js";
import { attributeOf } from "./attributes.js";
import { shown } from "./characters.js";
import { button, icon, make } from "./make.js";

const LONGEST = 240;

export class CardView {
  constructor(node, view, getPos, acts) {
    Object.assign(this, { node, view, getPos, acts });
    this.dom = make("div", { class: "text-card", contenteditable: "false", role: "group" });
    this.#draw();
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.#draw();
    return true;
  }

  #draw() {
    const { name, source } = this.node.attrs;
    this.dom.setAttribute("aria-label", `${name}. Kept as it is written.`);
    const head = make("div", { class: "text-card-head" }, icon("lock"), make("strong", {}, name), this.#facts(source));
    head.append(...this.#buttons(name));
    this.dom.replaceChildren(head, make("p", { class: "text-card-words", dir: "auto" }, inWords(source)));
  }

  #facts(source) {
    const address = /https?:\/\/[^\s"'<>\\]+/.exec(source)?.[0] ?? "";
    return make("span", { class: "text-card-facts" }, address.replace(/^https?:\/\/(www\.)?/, ""));
  }

  #buttons(name) {
    const up = button("arrow-up", `Move ${name} up, Alt ↑`, () => this.#act("up"));
    const down = button("arrow-down", `Move ${name} down, Alt ↓`, () => this.#act("down"));
    const source = button("file-code", `Edit the source of ${name}`, () => this.#act("source"));
    const remove = button("trash-2", `Delete ${name}`, () => this.#act("remove"));
    return [up, down, source, remove];
  }

  #act(name) {
    const { state } = this.view;
    const at = this.getPos();
    if (at === undefined) return; // it was deleted meanwhile
    this.view.dispatch(state.tr.setSelection(NodeSelection.create(state.doc, at)));
    this.acts[name](this.view);
  }

  selectNode() {
    this.dom.classList.add("is-selected");
  }

  deselectNode() {
    this.dom.classList.remove("is-selected");
  }

  stopEvent(event) {
    return Boolean(event.target.closest?.("button"));
  }

  ignoreMutation() {
    return true;
  }
}

// What can be read of it; where there is nothing to read, its source.
function inWords(source) {
  const text = shown(source.replace(/<!--[\s\S]*?-->|<(script|style)\b[\s\S]*?<\/\1>/gi, " ").replace(/<[^>]*>/g, " "))
    .replace(/\s+/g, " ")
    .trim();
  const words = text || source.replace(/\s+/g, " ").trim();
  return words.length > LONGEST ? `${words.slice(0, LONGEST)}…` : words;
}

// A picture in the text. `find` gives the address at which the desk shows one.
export class ImageView {
  constructor(node, view, getPos, { find, edit }) {
    Object.assign(this, { node, view, getPos, find });
    this.edit = () => edit(view, getPos);
    this.dom = make("span", { class: "text-image", contenteditable: "false" });
    this.dom.addEventListener("dblclick", this.edit);
    this.#draw();
  }

  update(node) {
    if (node.type !== this.node.type) return false;
    if (node.attrs.source !== this.node.attrs.source) {
      this.node = node;
      this.#draw();
    }
    return true;
  }

  #draw() {
    const { source } = this.node.attrs;
    const [address, alt] = [attributeOf(source, "src") ?? "", attributeOf(source, "alt")];
    const picture = make("img", {
      src: this.find(address),
      alt: alt ?? "",
      loading: "lazy",
      referrerpolicy: "no-referrer",
    });
    picture.addEventListener("error", () => this.dom.classList.add("is-missing"));
    this.dom.classList.remove("is-missing");
    this.dom.classList.toggle("has-no-text", alt === null);
    const name = make("span", { class: "text-image-name" }, address.split("/").at(-1).split("?")[0] || "A picture");
    this.dom.replaceChildren(picture, name, ...(alt ? [] : [this.#note(alt)]));
  }

  // What is not said of it yet, and the way to say it.
  #note(alt) {
    const words = alt === null ? "Alternative text is missing" : "No alternative text: decoration?";
    const describe = make("button", { type: "button", class: "link" }, "Describe it");
    describe.addEventListener("click", this.edit);
    return make("span", { class: "text-image-note" }, words, " ", describe);
  }

  stopEvent(event) {
    return Boolean(event.target.closest?.("button"));
  }

  selectNode() {
    this.dom.classList.add("is-selected");
  }

  deselectNode() {
    this.dom.classList.remove("is-selected");
  }

  ignoreMutation() {
    return true;
  }
}
