// The text of a piece, to be written in: what is not touched stays byte for byte.
//
//   const text = openText({ place, tools, source, onChange, links, pictures, upload, drop, describe, address, say,
//                           label, usual });
//
// `links(query)` gives pieces to link to, `pictures()` those of this piece, `upload(file)` the address of a new
// one and `drop(name)` takes it back (uploads.js), `describe(address, texts)` hears what is said of one,
// `address(src)` is where the desk finds one, `say(words)` tells the person something, `usual` is the dialect of
// an empty text.

import { opened } from "./document.js";
import { takesPicture } from "./figures.js";
import { openFind } from "./find.js";
import { fetchWindows, withWindows } from "./later.js";
import { askForLink } from "./links.js";
import { make } from "./make.js";
import { beginningOf, placeOf, wordsOf } from "./reading.js";
import { viewOf } from "./surface.js";
import { taken } from "./take.js";
import { Toolbar } from "./toolbar.js";
import { Uploads } from "./uploads.js";

const REST = 400; // ms without a key, before words are counted and windows fetched
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
    this.uploads = this.options.upload ? new Uploads(this.options.upload, this.options.drop) : null;
    const acts = this.#acts();
    this.toolbar = new Toolbar(this.options.tools, acts);
    this.view = viewOf(this.surface, { ...this, acts }, (tr) => this.#dispatched(tr));
    this.uploads?.attach(this.view);
    this.toolbar.attach(this.view);
    this.#count();
    this.#restSoon();
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
    const image = this.#later((windows) => windows.askForImage({ pictures, add, describe }), takesPicture);
    const newSource = (view) => withWindows(this.options.say, (windows) => windows.askForSource(view, this.opened));
    return {
      all: (_state, dispatch) => {
        if (dispatch) this.finish();
        return false;
      },
      link: askForLink(links),
      image,
      table: this.#later((windows) => windows.tableMenu),
      insert: this.#later((windows) => windows.insertMenu(this.opened.dialect, { image, newSource })),
      outline: this.#later((windows) => windows.openOutline),
      find: (_state, dispatch, view) => Boolean(!dispatch || this.#find(view) || true),
      source: (_state, dispatch) => Boolean(!dispatch || this.toggleSource() || true),
    };
  }

  // A command of the windows, which applies where `applies` says; what it gives ends when it was carried out.
  #later(commandOf, applies = () => true) {
    const run = (view, tool) =>
      withWindows(this.options.say, (windows) => commandOf(windows)(view.state, view.dispatch, view, tool));
    return (state, dispatch, view, tool) => applies(state) && (dispatch ? run(view, tool) : true);
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
    this.#restSoon();
    if (!tr.getMeta("taken")) this.options.onChange?.({ isPasted: Boolean(tr.getMeta("paste")) });
  }

  #restSoon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.#rested(), REST);
  }

  #rested() {
    if (this.view.isDestroyed) return;
    this.#count();
    fetchWindows().catch(() => {}); // who asks for one is told
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
      const { loadSource, openSource } = await import("./source-view.js");
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
