// The content calendar. Only what changed is drawn again: every day, the tray and the sites' bars
// are elements with an id, and the server answers with those that a change concerns.
// Here: asking, drawing, moving, undo, other people's changes, turning the page. The scripts for
// the mouse, fingers and keys call `window.calendar`.
(() => {
  const PATH = "/publisher/content-calendar";
  const QUIET = 80; // ms: notices that come together cause one request
  const MOST_IDS = 60; // more changed pieces than these: everything is drawn anew
  const byId = (id) => document.getElementById(id);
  const root = () => byId("calendar");
  const say = (detail) => document.dispatchEvent(new CustomEvent("toast", { detail }));
  const drawn = new Map(); // id → the element as the server sent it
  const NEW_FOR = 8000; // ms that a piece which we moved is shown however full its day is
  const moved = new Map(); // id → when we moved it, and what was said of it
  let written = 0; // how many changes of ours the page has drawn

  class Refused extends Error {
    constructor(text, { mayRetry = false, href = "", key = "" } = {}) {
      super(text);
      Object.assign(this, { mayRetry, href, key });
    }
  }

  // -- asking
  function address(path, values = {}) {
    const query = new URLSearchParams(root().dataset.query);
    for (const [name, value] of Object.entries(values)) query.set(name, value);
    return `${PATH}${path}?${query}`;
  }

  async function ask(url, values = null) {
    const options = { headers: { "HX-Request": "true" }, signal: AbortSignal.timeout(20000) };
    if (values) {
      const csrf = document.querySelector('input[name="_csrf"]')?.value ?? "";
      Object.assign(options, { method: "POST", body: new URLSearchParams({ ...values, _csrf: csrf }) });
    }
    let answer;
    try {
      answer = await fetch(url, options);
    } catch {
      throw new Refused("IGNY8 did not answer. Check your connection.", { mayRetry: true, key: "lost" });
    }
    const elsewhere = answer.headers.get("HX-Redirect");
    if (elsewhere) throw new Refused("Your session has ended.", { href: elsewhere, key: "lost" });
    if (answer.ok && values) document.dispatchEvent(new Event("worked"));
    if (answer.ok) return answer;
    const told = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast?.text;
    const text = told ?? "Something went wrong, and nothing was changed.";
    throw new Refused(text, { mayRetry: answer.status >= 500 || answer.status === 429 });
  }

  // -- drawing
  // The element stays and gets new contents: with a new one among its siblings, their style would be
  // reckoned anew as well (rules like :first-child), which is most of the page.
  function renew(old, fresh) {
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
    old.replaceChildren(...fresh.childNodes);
  }

  function draw(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const focused = document.activeElement?.closest?.("#calendar [id]")?.id;
    let changed = false;
    for (const element of [...fresh.content.children]) {
      const old = byId(element.id);
      const text = element.outerHTML;
      if (!old || drawn.get(element.id) === text) continue;
      drawn.set(element.id, text);
      if (element.id === "tray" && !byId("tray-fold").open) element.querySelector("details").open = false;
      renew(old, element);
      changed = true;
    }
    if (!changed) return;
    document.dispatchEvent(new Event("calendar:drawn"));
    if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
  }

  function remember() {
    drawn.clear();
    for (const element of document.querySelectorAll("#days > .day, #bars, #tray"))
      drawn.set(element.id, element.outerHTML);
  }

  // -- moving. `to` is { day, time } (time "" keeps the time of day), or { day: "" } for the tray.
  const placeOf = (entry) => ({
    id: entry.dataset.id,
    seen: entry.dataset.seen,
    day: entry.closest("[data-day]")?.dataset.day ?? entry.closest("[data-from]")?.dataset.from ?? "",
    time: entry.dataset.seen ? entry.querySelector("time").textContent : "", // its own, not where it failed
  });

  // Shows the piece where it goes at once; the function that is returned puts it back.
  function carry(entry, to, keepsFocus) {
    const homes = entry.parentNode;
    const next = entry.nextSibling;
    const home = to.day ? byId(`d${to.day}`)?.querySelector(".day-cards") : byId("tray-cards");
    for (const day of [entry.closest(".day, .tray"), home?.closest(".day, .tray")]) if (day) drawn.delete(day.id);
    const hadFocus = document.activeElement === entry;
    entry.classList.add("is-sent");
    home?.append(entry);
    if (hadFocus && keepsFocus) entry.focus({ preventScroll: true });
    return () => {
      entry.classList.remove("is-sent");
      if (homes.isConnected) homes.insertBefore(entry, next?.parentNode === homes ? next : null);
    };
  }

  async function move(entry, to, { insert = false, follow = false } = {}) {
    const from = placeOf(entry);
    const days = [from.day, to.day].filter(Boolean).join();
    const values = { id: from.id, seen: from.seen, day: to.day, time: to.time ?? "", insert: insert ? "1" : "", days };
    const asked = ask(address("/moves"), values); // under way before anything is drawn
    const putBack = carry(entry, to, follow);
    let told;
    try {
      told = await (await asked).json();
    } catch (problem) {
      putBack();
      refuse(problem, () => move(byId(entry.id) ?? entry, to, { insert, follow }));
      if (!problem.mayRetry) refresh({ ids: [from.id], days: [from.day, to.day] });
      return;
    }
    written += 1;
    draw(told.html);
    await settled(told, from.id, to, days, follow);
  }

  async function settled(told, id, to, days, follow) {
    // Only a piece's last move can be undone: the line about the one before goes.
    const before = [...byId("toasts").children].find((line) => line.dataset.text === moved.get(id)?.text);
    before?.remove();
    const undo = { word: "Undo", run: () => takeBack(told.undo, days) };
    const text = told.note ? `${told.text}. ${told.note}` : told.text;
    moved.set(id, { at: performance.now(), text });
    say({ text, act: undo });
    if (follow && to.day && !byId(`d${to.day}`)) {
      await turn(address("", { date: to.day })).catch((problem) => refuse(problem, () => {}));
    }
    const entry = follow ? (byId(`c${id}`) ?? byId(`t${id}`)) : null;
    entry?.focus({ preventScroll: true });
    entry?.scrollIntoView({ block: "nearest" });
  }

  async function takeBack(change, days) {
    try {
      const told = await (await ask(address("/undo"), { change, days })).json();
      written += 1;
      draw(told.html);
      say({ text: told.text });
    } catch (problem) {
      refuse(problem, () => takeBack(change, days));
    }
  }

  // Says why something was not done; what is not our own Refused is a bug and stays one.
  function refuse(problem, again) {
    if (!(problem instanceof Refused)) throw problem;
    const act = problem.mayRetry ? { word: "Retry", run: again } : null;
    say({ text: problem.message, kind: "problem", act, href: problem.href, link: problem.href && "Sign in" });
  }

  // -- what others do
  const waiting = { ids: new Set(), days: new Set(), all: false };
  let isDue = false; // the next fetch has its time

  function refresh({ ids = [], days = [], all = false }) {
    for (const id of ids) waiting.ids.add(String(id));
    for (const day of days.filter(Boolean)) waiting.days.add(day);
    waiting.all ||= all || waiting.ids.size > MOST_IDS;
    if (!isDue) setTimeout(fetchChanged, QUIET);
    isDue = true;
  }

  async function fetchChanged() {
    if (window.calendar.isCarrying) {
      setTimeout(fetchChanged, QUIET * 4); // nothing changes under somebody's hand
      return;
    }
    const { ids, days, all } = { ids: [...waiting.ids], days: [...waiting.days], all: waiting.all };
    const shown = [...document.querySelectorAll("#days > .day")].map((day) => day.dataset.day);
    for (const id of ids) {
      for (const entry of document.querySelectorAll(`.day [data-id="${id}"]`))
        days.push(entry.closest(".day").dataset.day);
    }
    waiting.ids.clear();
    waiting.days.clear();
    waiting.all = false;
    const before = written;
    const isNew = (id) => performance.now() - moved.get(id).at < NEW_FOR;
    const values = {
      ids: all ? "" : ids.join(),
      days: [...new Set(all ? shown : days)].join(),
      new: [...moved.keys()].filter(isNew).join(),
    };
    try {
      const html = await (await ask(address("/days", values))).text();
      isDue = false;
      if (before !== written || window.calendar.isCarrying) refresh({ ids, days, all });
      else draw(html);
    } catch {
      isDue = false; // the stream says hello when the connection is back, and then all is fetched
    }
  }

  document.addEventListener("notices", ({ detail: { topic, ids } }) => {
    if (topic === "content") refresh({ ids });
    else if (topic === "plan" || topic === "hello") refresh({ all: true });
    else if (topic === "integration") refresh({});
  });

  // -- turning the page without losing what is carried
  async function turn(url, { push = true } = {}) {
    const html = await (await ask(url)).text();
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const focused = document.activeElement?.id;
    root().replaceWith(fresh.content);
    if (push) history.pushState({}, "", url);
    document.title = `${root().dataset.title} · IGNY8`;
    htmx.process(root());
    remember();
    document.dispatchEvent(new Event("calendar:turned"));
    document.dispatchEvent(new Event("calendar:drawn"));
    if (focused && document.activeElement === document.body) byId(focused)?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".turn a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    turn(link.href).catch(() => (location.href = link.href));
  });
  addEventListener("popstate", () => turn(location.href, { push: false }).catch(() => location.reload()));

  // -- the sites' clocks
  function tick() {
    const options = { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    for (const clock of document.querySelectorAll("[data-clock]")) {
      const text = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: clock.dataset.clock }).format(new Date());
      clock.textContent = text.replace(",", "");
    }
  }
  setInterval(tick, 10000);

  // -- a week opens where the site's hours begin, or now; the agenda of a phone at today
  function open() {
    const { view, today } = root().dataset;
    if (view === "month" && matchMedia("(max-width: 44rem)").matches) byId(`d${today}`)?.scrollIntoView();
    if (view !== "week") return;
    const label = document.querySelector(`.hours [data-hour="${root().dataset.opens}"]`);
    const board = byId("board");
    if (label) board.scrollTop += label.getBoundingClientRect().top - board.getBoundingClientRect().top - 36;
  }
  document.addEventListener("calendar:turned", open);

  window.calendar = { root, address, ask, move, turn, say, refuse, placeOf, isCarrying: false };
  remember();
  open();
})();
