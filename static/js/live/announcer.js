// What a live part wants said aloud (data-announce), once.
import { byId } from "../common/dom.js";

const said = new Map(); // id of the part → the words

function announce() {
  for (const element of document.querySelectorAll("[data-announce]")) {
    const words = element.dataset.announce;
    if (!words || said.get(element.id) === words) continue;
    if (said.has(element.id)) byId("announcer").textContent = words;
    said.set(element.id, words);
  }
}

document.addEventListener("htmx:after:swap", announce);
announce();
