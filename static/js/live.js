// One stream of notices per visible tab. A notice says what changed; each element that shows it
// fetches its own fragment again, so whatever was missed is made good by the next fetch.
//
//   data-live="content:12 record:7"   what the element shows ("content:*" for any)
//   hx-get, hx-trigger="live"         where its fragment is
//   data-told="content record"        a place within it where an act is answered: what stands there
//                                     stays, until what it speaks of has changed
//   data-look-again                   while it stands there, it is fetched every few seconds
//   data-live-group                   a list of such elements: fetched as a whole on reconnect, and
//                                     when something changed that it does not show yet
(() => {
  const QUIET = 50; // ms: notices that come together cause one fetch
  const GROUP_QUIET = 500; // ms: lists are bigger
  const RETRY = 3000; // ms: after the server closed the stream
  const LOOK_AGAIN = 5000; // ms: what says that something is wrong may have been over before a notice was due
  const PATIENCE = 4000; // ms: a stream that is back by then was not missed
  const busy = new Set(); // ids of elements whose fragment is on its way
  const again = new Set(); // ids that changed meanwhile
  const due = new Set(); // ids that are about to be fetched
  const noticed = new Map(); // key → when a notice named it last
  const told = new WeakMap(); // a place where an act is answered → when it was
  let stream = null;
  let lost = 0; // the timer that says so
  let isLeft = false; // signing out: the session may be over while the page still stands

  const keysOf = (element) => element.dataset.live.split(" ");
  const all = () => [...document.querySelectorAll("[data-live]")];
  const isNew = (topic, id) => !document.querySelector(`[data-live~="${topic}:${id}"]`);
  const shows = (element, topic, ids) =>
    keysOf(element).some((key) => {
      if (key === `${topic}:*`) return !element.matches("[data-live-group]") || ids.some((id) => isNew(topic, id));
      return ids.some((id) => key === `${topic}:${id}`);
    });

  function refresh({ id, dataset }) {
    if (due.has(id)) return;
    due.add(id);
    setTimeout(() => fetchAgain(id), "liveGroup" in dataset ? GROUP_QUIET : QUIET);
  }

  function fetchAgain(id) {
    due.delete(id);
    const element = document.getElementById(id);
    if (!element || isLeft) return;
    if (busy.has(id)) {
      again.add(id);
      return;
    }
    htmx.trigger(element, "live");
  }

  function changed(event) {
    const { topic, ids } = JSON.parse(event.data);
    const now = performance.now();
    document.dispatchEvent(new CustomEvent("notices", { detail: { topic, ids } }));
    for (const id of ids) noticed.set(`${topic}:${id}`, now);
    noticed.set(`${topic}:*`, now);
    all()
      .filter((element) => shows(element, topic, ids))
      .forEach(refresh);
  }

  function hello() {
    document.dispatchEvent(new CustomEvent("notices", { detail: { topic: "hello", ids: [] } }));
    all()
      .filter((element) => !element.parentElement.closest("[data-live-group]"))
      .forEach(refresh);
  }

  function open() {
    if (document.hidden || stream) return;
    stream = new EventSource(document.body.dataset.events);
    stream.addEventListener("hello", hello);
    stream.addEventListener("changed", changed);
    stream.addEventListener("error", () => {
      document.body.dataset.stream = "lost";
      lost ||= setTimeout(sayLost, PATIENCE);
      if (stream?.readyState !== EventSource.CLOSED) return;
      close();
      setTimeout(open, RETRY);
    });
    stream.addEventListener("open", () => {
      document.body.dataset.stream = "open";
      document.dispatchEvent(new Event("found"));
      found();
    });
  }

  // Why the stream is gone: nobody answers, or the session is over. Looked at again until it is back.
  async function sayLost() {
    const isOver = await sessionIsOver();
    if (!lost) return; // it came back meanwhile
    lost = setTimeout(sayLost, PATIENCE);
    const words = document.getElementById(isOver ? "signed-out-words" : "lost-words");
    const line = document.getElementById("lost-line");
    if (line && line.textContent !== words.content.textContent) line.replaceChildren(words.content.cloneNode(true));
  }

  async function sessionIsOver() {
    try {
      return (await fetch("/layout/line", { redirect: "manual" })).type === "opaqueredirect";
    } catch {
      return false;
    }
  }

  function found() {
    clearTimeout(lost);
    lost = 0;
    document.getElementById("lost-line")?.replaceChildren();
  }

  function close() {
    stream?.close();
    stream = null;
    if (document.hidden) found();
    document.body.dataset.stream = "closed";
  }

  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  addEventListener("pagehide", close);
  addEventListener("pageshow", () => {
    isLeft = false;
    open();
  });

  // Nothing that this page asks for may then lead elsewhere than signing out does.
  document.addEventListener("submit", ({ target }) => {
    if (target.matches('[action="/sign-out"]')) isLeft = true;
  });
  // And nobody asked for it: the line that the stream is gone says why nothing comes, no toast.
  document.addEventListener("htmx:before:response", (event) => {
    const { ctx } = event.detail;
    if (!ctx.sourceElement?.matches?.("[data-live]")) return;
    if (!isLeft && ctx.response.status !== 401) return;
    ctx.hx = {};
    event.preventDefault();
  });

  // An answer to a click may overtake, or be overtaken by, the notice that the click caused.
  document.addEventListener("htmx:before:request", (event) => {
    const { ctx } = event.detail;
    ctx.begunAt = performance.now();
    if (ctx.sourceElement?.matches?.("[data-live]")) busy.add(ctx.sourceElement.id);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const { sourceElement, begunAt } = event.detail.ctx;
    const id = sourceElement?.id;
    if (id && busy.delete(id)) {
      if (again.delete(id)) refresh(sourceElement);
      return;
    }
    for (const place of document.querySelectorAll("[data-told]")) told.set(place, performance.now());
    const since = (key) => (noticed.get(key) ?? -1) >= begunAt;
    all()
      .filter((element) => keysOf(element).some(since))
      .forEach(refresh);
  });

  // Fetching a part again knows nothing of how the last act in it was answered.
  function keepTold(part) {
    for (const place of part.querySelectorAll("[data-told]")) {
      const isOver = keysOf(part).some(
        (key) => place.dataset.told.split(" ").includes(key.split(":")[0]) && noticed.get(key) > (told.get(place) ?? 0),
      );
      place.toggleAttribute("hx-morph-skip", place.childElementCount > 0 && !isOver);
    }
  }
  document.addEventListener("htmx:before:swap", ({ detail }) => {
    if (detail.ctx.sourceElement?.matches?.("[data-live]")) keepTold(detail.ctx.sourceElement);
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const place of document.querySelectorAll("[hx-morph-skip]")) place.removeAttribute("hx-morph-skip");
  });

  // What a live element wants said aloud, once.
  const said = new Map();
  function announce() {
    for (const element of document.querySelectorAll("[data-announce]")) {
      const words = element.dataset.announce;
      if (!words || said.get(element.id) === words) continue;
      if (said.has(element.id)) document.getElementById("announcer").textContent = words;
      said.set(element.id, words);
    }
  }
  document.addEventListener("htmx:after:swap", announce);

  setInterval(() => {
    if (!document.hidden) document.querySelectorAll("[data-look-again]").forEach(refresh);
  }, LOOK_AGAIN);

  announce();
  open();
})();
