// Who else has the piece open. Each tab says every now and then that it is here, and near which heading;
// nobody is locked out by that.
import { byId, csrf } from "../common/dom.js";
import { ask } from "../common/server.js";

const EVERY = 20_000; // ms
const MOVED = 3_000; // ms: a place that one stays at for so long is told
const ECHO = 500; // ms
const tab = crypto.getRandomValues(new Uint32Array(2)).join("-");
let address = "";
let placeOf = () => "";
let told = null; // the place that was told last
let last = 0;

export function begin({ id, place }) {
  address = `/content/${id}/presence`;
  placeOf = place;
  say();
  setInterval(sayWhatIsNew, MOVED);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => event.persisted && say());
  document.addEventListener("notices", ({ detail: { topic, ids } }) => {
    if (topic === "presence" && ids.includes(Number(id))) hearSoon();
  });
}

function sayWhatIsNew() {
  if (document.hidden) return;
  if (placeOf() !== told || performance.now() - last > EVERY) say();
}

async function say() {
  told = placeOf();
  await hear();
}

// One's own word comes back as a notice, too: what was just heard is not asked for again.
let soon = 0;
function hearSoon() {
  if (performance.now() - last < ECHO || soon) return;
  soon = setTimeout(() => {
    soon = 0;
    hear();
  }, ECHO);
}

let hearing = null;
function hear() {
  hearing ??= fetchOthers().finally(() => {
    hearing = null;
  });
  return hearing;
}

async function fetchOthers() {
  last = performance.now();
  try {
    const answer = await ask(address, { tab, place: told ?? "" }, { isQuiet: true });
    draw((await answer.json()).others);
  } catch (problem) {
    if (!problem.told) throw problem; // nobody answers: the next time tells
  }
}

function leave() {
  const body = new URLSearchParams({ tab, gone: "yes", _csrf: csrf() });
  fetch(address, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } }).catch(() => {});
}

function draw(others) {
  const box = document.createElement("span");
  box.className = "avatars";
  for (const { name, initials, place } of others) {
    const avatar = document.createElement("span");
    const words = place ? `${name}, in “${place}”` : name;
    avatar.className = "avatar";
    avatar.textContent = initials;
    avatar.title = words;
    avatar.setAttribute("role", "img");
    avatar.setAttribute("aria-label", words);
    box.append(avatar);
  }
  const words = document.createElement("span");
  words.className = "here";
  words.textContent = sentence(others);
  const isSame = byId("who").textContent === box.textContent + words.textContent;
  if (!isSame) byId("who").replaceChildren(...(others.length ? [box, words] : []));
}

function sentence(others) {
  if (others.length > 1) return `${others.length} others are here`;
  const [one] = others;
  if (!one) return "";
  const first = one.name.split(" ")[0];
  return one.place ? `${first} is in “${one.place}”` : `${first} is here`;
}
