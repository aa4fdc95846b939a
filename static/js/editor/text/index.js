// The text of a piece, to be written in: what is not touched stays byte for byte.
//
//   const text = openText({ place, tools, source, onChange, links, pictures, upload, describe, address, say,
//                           label, usual });
//
// `links(query)` gives pieces to link to, `pictures()` those of this piece, `upload(file)` the address of a new
// one (uploads.js), `describe(address, texts)` hears what is said of one, `address(src)` is where the desk finds
// one, `say(words)` tells the person something, `usual` is the dialect of an empty text.

import { askForSource } from "./card-acts.js";
import { opened } from "./document.js";
import { openFind } from "./find.js";
import { askForImage } from "./images.js";
import { insertMenu, tableMenu } from "./insert.js";
import { askForLink } from "./links.js";
import { make } from "./make.js";
import { openOutline } from "./outline.js";
import { beginningOf, placeOf, wordsOf } from "./reading.js";
import { loadSource, openSource } from "./source-view.js";
import { viewOf } from "./surface.js";
import { taken } from "./take.js";
import { Toolbar } from "./toolbar.js";
import { Uploads } from "./uploads.js";

const REST = 400; // ms without a key, before words are counted
const PART = 12_000; // characters: what is looked at between two keys

class Text {
  constructor(options) {
    this.options = { say: () => {}, address: (src) => src, usual: "blocks", label: "Text", ...options };
    this.findLine = make("div", { class: "text-find-line" });
    this.surface = make("div", { class: "text-surface" });
    this.options.place.replaceChildren(this.findLine, this.surface);
    this.#open(this.options.source);
  }

  #open(source) {
    this.opened = opened(source, this.options.usual);
    this.uploads = this.options.upload ? new Uploads(this.options.upload) : null;
    const acts = this.#acts();
    this.toolbar = new Toolbar(this.options.tools, acts);
    this.view = viewOf(this.surface, { ...this, acts }, (tr) => this.#dispatched(tr));
    this.uploads?.attach(this.view);
    this.toolbar.attach(this.view);
    this.#count();
    this.#openOn();
  }

  // The rest of a long text, part by part, with time for a key between them.
  #openOn() {
    if (this.isReady() || this.view.isDestroyed) return;
    setTimeout(() => {
      this.#openPart(PART);
      this.#openOn();
    });
  }

  #openPart(size) {
    const { opening } = this.opened;
    if (opening.isDone || this.view.isDestroyed) return;
    const tr = this.view.state.tr.setMeta("addToHistory", false).setMeta("taken", true);
    const nodes = opening.take(size);
    this.opened.tail = opening.rest;
    this.opened.forget();
    this.view.dispatch(tr.insert(tr.doc.content.size, nodes));
  }

  // All of it, at once: for what looks at the whole.
  finish() {
    this.#openPart(Infinity);
  }

  #acts() {
    const { links, pictures, describe } = this.options;
    const add = this.uploads && ((files) => this.uploads.add(files));
    const image = askForImage({ pictures, add, describe });
    return {
      all: (_state, dispatch) => {
        if (dispatch) this.finish();
        return false;
      },
      link: askForLink(links),
      image,
      table: tableMenu,
      insert: insertMenu(this.opened.dialect, { image, newSource: (view) => askForSource(view, this.opened) }),
      outline: (_state, dispatch, view, tool) => Boolean(!dispatch || openOutline(view, tool) || true),
      find: (_state, dispatch, view) => Boolean(!dispatch || this.#find(view) || true),
      source: (_state, dispatch) => Boolean(!dispatch || this.toggleSource() || true),
    };
  }

  #find(view) {
    this.finish();
    openFind(view, this.findLine);
  }

  #dispatched(tr) {
    if (this.view.isDestroyed) return;
    const next = this.view.state.apply(tr);
    this.view.updateState(next);
    this.toolbar.show(next);
    if (!tr.docChanged) return;
    clearTimeout(this.counting);
    this.counting = setTimeout(() => this.#count(), REST);
    if (!tr.getMeta("taken")) this.options.onChange?.({ isPasted: Boolean(tr.getMeta("paste")) });
  }

  #count() {
    this.read = wordsOf(this.view.state.doc);
    this.toolbar.tell(this.read);
  }

  // The source view instead of the text, and back: what was changed there is then one step of Undo.
  async toggleSource() {
    if (this.isLoading) return;
    if (this.code) this.#closeSource();
    else await this.#openSource();
  }

  async #openSource() {
    this.isLoading = true;
    try {
      const cm = await loadSource();
      if (this.view.isDestroyed) return;
      this.code = openSource(cm, this.options.place, this.source(), () => this.options.onChange?.());
      this.uploads?.hold(true);
      this.surface.hidden = true;
      this.code.focus();
    } catch {
      this.options.say("The source view could not be loaded. Look at your connection, then ask for it again.");
    } finally {
      this.isLoading = false;
    }
  }

  #closeSource() {
    const source = this.code.source();
    this.code.destroy();
    this.code = null;
    this.surface.hidden = false;
    this.#become(source, true);
    this.uploads?.hold(false);
    this.view.focus();
  }

  source() {
    return this.code ? this.code.source() : this.opened.source(this.view.state.doc);
  }

  // What somebody else has written meanwhile: Undo passes over it, and over it alone.
  take(source) {
    if (this.code) this.#become(this.code.source(), true);
    this.#become(source, false);
    this.code?.take(source);
  }

  #become(source, addToHistory) {
    this.finish();
    if (source === this.opened.source(this.view.state.doc)) return;
    const tr = taken(this.view.state, this.opened, source);
    this.view.dispatch(tr.setMeta("addToHistory", addToHistory).setMeta("taken", true));
  }

  focus() {
    this.view.focus();
  }

  words() {
    return this.read;
  }

  // Its first words, as a search engine would show them.
  beginning() {
    return beginningOf(this.view.state.doc);
  }

  place() {
    return placeOf(this.view.state);
  }

  isReady() {
    return this.opened.opening.isDone;
  }

  destroy() {
    this.code?.destroy();
    this.uploads?.destroy();
    this.view.destroy();
  }
}

export const openText = (options) => new Text(options);
