// Who else has the piece open. Each tab says every now and then that it is here, and near which heading;
// nobody is locked out by that.
import { byId, csrf } from "../common/dom.js";
import { ask } from "../common/server.js";

const EVERY = 20_000; // ms
const MOVED = 3_000; // ms: a place that one stays at for so long is told
const ECHO = 500; // ms
const MOST = 4; // who are named
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
    if (["presence", "content"].includes(topic) && ids.includes(Number(id))) hearSoon();
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
  box.append(...others.slice(0, MOST).map(avatarOf));
  const words = document.createElement("span");
  words.className = "here";
  words.textContent = sentence(others);
  const isSame = byId("who").innerHTML === (others.length ? box.outerHTML + words.outerHTML : "");
  if (!isSame) byId("who").replaceChildren(...(others.length ? [box, words] : []));
}

function avatarOf({ name, initials, place, types }) {
  const avatar = document.createElement("span");
  const words = [name, place && `in “${place}”`, types && "typing"].filter(Boolean).join(", ");
  avatar.className = "avatar";
  avatar.textContent = initials;
  avatar.title = words;
  avatar.setAttribute("role", "img");
  avatar.setAttribute("aria-label", words);
  return avatar;
}

// "Ada and Ben are here; Ben is typing". Two of one first name are called by their whole names.
function sentence(others) {
  if (!others.length) return "";
  const firsts = others.map(({ name }) => name.split(" ")[0]);
  const named = others.map(({ name }, at) =>
    firsts.indexOf(firsts[at]) === firsts.lastIndexOf(firsts[at]) ? firsts[at] : name,
  );
  const typing = named.filter((_, at) => others[at].types);
  const [one] = others;
  const here = others.length === 1 && one.place ? `is in “${one.place}”` : areHere(others.length);
  const types = typing.length ? `; ${list(typing)} ${typing.length === 1 ? "is" : "are"} typing` : "";
  return `${list(named)} ${here}${types}`;
}

const areHere = (number) => (number === 1 ? "is here" : "are here");

// As many names as there is room for; the others are counted.
function list(names) {
  const left = names.length - MOST;
  const shown = left > 1 ? [...names.slice(0, MOST), `${left} others`] : names;
  return shown.length > 1 ? `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}` : shown[0];
}
