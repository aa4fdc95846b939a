// The piece as a search result, its address, and how much room is left: as they are while one types.
import { byId } from "../common/dom.js";

const value = (name) => byId(`field-${name}`).value.trim();
const cut = (text, most) => (text.length <= most ? text : `${text.slice(0, most - 1).replace(/\s+\S*$/, "")} …`);

function draw() {
  const serp = byId("serp");
  const { host } = serp.dataset;
  const [path, title, description] = serp.children;
  path.textContent = `${host} › ${value("slug")}`;
  title.textContent = cut(value("meta_title") || value("title") || "Without a title", 60);
  const said = value("meta_description") || value("excerpt");
  serp.dataset.fromText ??= description.textContent;
  description.textContent = said ? cut(said, 160) : serp.dataset.fromText;
  byId("address").querySelector("strong").textContent = value("slug");
  for (const count of document.querySelectorAll("[data-count-of]")) {
    const { length } = byId(count.dataset.countOf).value;
    count.textContent = `${length} of ${count.dataset.most}`;
    count.toggleAttribute("data-over", length > Number(count.dataset.most));
  }
}

const REST = 400; // ms
let soon = 0;

// Where nothing else is said, the text's own first words stand there.
export function showText(beginning) {
  clearTimeout(soon);
  soon = setTimeout(() => {
    byId("serp").dataset.fromText = beginning() || "No text to show.";
    draw();
  }, REST);
}

document.addEventListener("input", draw);
document.addEventListener("field:set", draw);
draw();
