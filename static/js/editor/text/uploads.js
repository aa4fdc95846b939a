// Pictures on their way into the text. Each has a place between two blocks, where one sees how far it is.
// The text itself gets it once the desk has the file: then it is one step of Undo.

import { closeHistory, Decoration, DecorationSet, Plugin, PluginKey } from "../../../vendor/prosemirror/prosemirror.js";
import { placeBehind } from "./commands.js";
import { figureOf } from "./figures.js";
import { UploadView } from "./upload-view.js";

const key = new PluginKey("uploads");
const AGAIN = 10_000; // ms: until a picture that nobody took is sent again by itself

// The places, in the order in which the pictures came: [{ upload, at }].
export const uploading = () =>
  new Plugin({
    key,
    state: {
      init: () => ({ places: [], shown: DecorationSet.empty }),
      apply: (tr, now) => {
        const change = tr.getMeta(key);
        if (!change && !(tr.docChanged && now.places.length)) return now;
        const places = moved(tr, now.places, change?.done)
          .filter(({ upload }) => upload !== change?.done)
          .concat(change?.come ?? []);
        return { places, shown: DecorationSet.create(tr.doc, places.map(widget)) };
      },
    },
    props: { decorations: (state) => key.getState(state).shown },
  });

const widget = ({ upload, at }) =>
  Decoration.widget(at, upload.view.dom, { key: upload.name, stopEvent: () => true, ignoreSelection: true });

// Where another picture has come in, those that came later stand behind it.
function moved(tr, places, done) {
  const mine = places.findIndex(({ upload }) => upload === done);
  return places.map((one, index) => {
    const isBehind = mine >= 0 && index > mine && one.at === places[mine].at;
    return { ...one, at: isBehind ? tr.mapping.map(one.at, 1) : followed(tr, one.at) };
  });
}

// A place stays behind what stood before it, also when that is written on.
function followed({ before, mapping, doc }, at) {
  const stands = before.resolve(at).nodeBefore;
  const isWithin = stands && !stands.isLeaf;
  return placeBehind(doc.resolve(mapping.map(isWithin ? at - 1 : at, -1)));
}

// `send(file, { name, onProgress, signal })` gives the address by which the text names a picture. What it throws
// says why not; `isGone`: nobody answered, so the same may work in a moment. `drop(name)` takes one back that
// the desk may have.
export class Uploads {
  #all = new Set();
  #ended = new AbortController();
  #isBusy = false;
  #isHeld = false;

  constructor(send, drop) {
    Object.assign(this, { send, drop });
    const { signal } = this.#ended;
    addEventListener("online", () => this.#sendAgain(), { signal });
    addEventListener("beforeunload", (event) => this.#isUnderWay() && event.preventDefault(), { signal });
  }

  #isUnderWay() {
    return [...this.#all].some(({ state }) => state !== "refused");
  }

  attach(view) {
    this.view = view;
  }

  // Files to the place `at`, or behind the line with the cursor. `alt` is what is known of the picture.
  add(files, at = this.view.state.selection.from, alt = "") {
    const { state } = this.view;
    const place = this.#emptyLine(at) ?? placeBehind(state.doc.resolve(at));
    const come = [...files].map((file) => ({ upload: this.#made(file, alt), at: place }));
    this.view.dispatch(state.tr.setMeta(key, { come }));
    this.#goOn();
  }

  // Before an empty line, so that one goes on writing in it.
  #emptyLine(at) {
    const $at = this.view.state.doc.resolve(at);
    return $at.depth === 1 && $at.parent.isTextblock && !$at.parent.content.size ? $at.before() : null;
  }

  #made(file, alt) {
    const upload = { name: crypto.randomUUID(), file, alt, state: "waiting", stop: new AbortController() };
    upload.view = new UploadView(file, { again: () => this.#again(upload), remove: () => this.#remove(upload) });
    this.#all.add(upload);
    return upload;
  }

  // While the source is shown nothing comes into the text behind it.
  hold(isHeld) {
    this.#isHeld = isHeld;
    if (isHeld) return;
    for (const one of this.#all) if (one.state === "there") this.#put(one);
  }

  // One after the other, in their order.
  async #goOn() {
    if (this.#isBusy) return;
    this.#isBusy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) await this.#sendOne(next);
    } finally {
      this.#isBusy = false;
    }
  }

  #next() {
    return [...this.#all].find(({ state }) => state === "waiting");
  }

  async #sendOne(upload) {
    upload.state = "sending";
    upload.view.tell("sending");
    const onProgress = (part) => {
      upload.hasArrived = part === 1;
      upload.view.advance(part);
    };
    try {
      const { file, name, stop } = upload;
      upload.address = await this.send(file, { name, onProgress, signal: stop.signal });
      upload.state = "there";
      if (!this.#all.has(upload)) this.drop?.(name);
      else if (!this.#isHeld) this.#put(upload);
    } catch (problem) {
      if (!("isGone" in problem)) throw problem;
      if (problem.isGone && !this.#all.has(upload)) this.drop?.(upload.name);
      upload.state = problem.isGone ? "lost" : "refused";
      upload.view.tell(upload.state, problem.message);
      if (problem.isGone) setTimeout(() => this.#again(upload), AGAIN);
    }
  }

  #again(upload) {
    if (upload.state !== "lost" || !this.#all.has(upload)) return;
    upload.state = "waiting";
    upload.view.tell("waiting");
    this.#goOn();
  }

  #sendAgain() {
    for (const one of this.#all) this.#again(one);
  }

  #put(upload) {
    if (!this.#all.has(upload) || this.view.isDestroyed) return;
    const { state } = this.view;
    const { at } = key.getState(state).places.find((one) => one.upload === upload);
    const tr = closeHistory(state.tr.insert(at, figureOf(upload)));
    this.#end(upload, tr);
  }

  // Of what has arrived the answer is waited for: until then nobody knows what there is to take back.
  #remove(upload) {
    if (["lost", "there"].includes(upload.state)) this.drop?.(upload.name);
    if (!upload.hasArrived) upload.stop.abort();
    this.#end(upload);
  }

  #end(upload, tr = this.view.state.tr) {
    this.#all.delete(upload);
    this.view.dispatch(tr.setMeta(key, { done: upload }));
  }

  destroy() {
    this.#ended.abort();
    for (const one of this.#all) one.stop.abort();
    this.#all.clear();
  }
}

// Files that are dropped on the text, or pasted where the clipboard has no words; whether they were.
export function takeDropped(view, event, uploads) {
  const files = event.dataTransfer?.files ?? [];
  if (!uploads || !files.length || view.dragging) return false;
  const found = view.posAtCoords({ left: event.clientX, top: event.clientY });
  event.preventDefault();
  uploads.add(files, found?.pos);
  return true;
}

export function takePasted(event, uploads) {
  const files = event.clipboardData?.files ?? [];
  if (!uploads || !files.length) return false;
  const html = event.clipboardData.getData("text/html");
  const { body } = new DOMParser().parseFromString(html.replace(/\ssrc\s*=/gi, " data-src="), "text/html");
  const pictures = body.querySelectorAll("img");
  const isWords = body.textContent.trim() || pictures.length > 1 || event.clipboardData.getData("text/plain").trim();
  if (isWords) return false;
  event.preventDefault();
  uploads.add(files, undefined, pictures[0]?.getAttribute("alt") ?? "");
  return true;
}
