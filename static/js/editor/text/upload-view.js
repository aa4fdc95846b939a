// A picture on its way, at its place in the text: what it is, how far it is, and what can be done where it
// did not come through.

import { make } from "./make.js";

const WIDEST = 320; // pixels of what is shown of it
const WORDS = { waiting: "Waiting for the pictures before it…", sending: "Sending…" };

export class UploadView {
  constructor(file, { again, remove }) {
    const name = file.name || "Picture";
    this.bar = make("progress", { max: "1", value: "0", "aria-label": `Sending ${name}` });
    this.words = make("p", { class: "text-upload-words", role: "status" }, WORDS.waiting);
    this.again = this.#button("Try again", `Send ${name} again`, again);
    this.again.hidden = true;
    const remove_ = this.#button("Remove", `Remove ${name}`, remove);
    const acts = make("div", { class: "text-upload-acts" }, this.again, remove_);
    this.canvas = make("canvas", { "aria-hidden": "true", hidden: true });
    const label = make("strong", { dir: "auto" }, name);
    const attributes = { class: "text-upload", contenteditable: "false", role: "group", "aria-label": name };
    this.dom = make("div", attributes, this.canvas, label, this.bar, this.words, acts);
    this.#preview(file);
  }

  #button(words, label, act) {
    const attributes = {
      type: "button",
      class: "btn",
      "data-size": "sm",
      "data-variant": "outline",
      "aria-label": label,
    };
    const made = make("button", attributes, words);
    made.addEventListener("click", act);
    return made;
  }

  // What is no picture has nothing to show.
  async #preview(file) {
    if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) return;
    const image = await createImageBitmap(file, { resizeWidth: WIDEST }).catch(() => null);
    if (!image) return;
    Object.assign(this.canvas, { width: image.width, height: image.height, hidden: false });
    this.canvas.getContext("2d").drawImage(image, 0, 0);
    image.close();
  }

  advance(part) {
    this.bar.value = part;
    if (part === 1) this.words.textContent = "IGNY8 looks at it…";
  }

  // `state`: waiting, sending, lost, refused.
  tell(state, problem = "") {
    this.dom.dataset.state = state;
    this.bar.hidden = Boolean(problem);
    this.again.hidden = state !== "lost";
    this.words.setAttribute("role", problem ? "alert" : "status");
    this.words.textContent = problem || WORDS[state];
  }
}
