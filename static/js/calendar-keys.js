// The calendar by keyboard, and its dialogs: where to, and what makes room.
(() => {
  const byId = (id) => document.getElementById(id);
  const { ask, address, move, say, refuse, placeOf } = window.calendar;
  const entryOf = (id) => byId(`c${id}`) ?? byId(`t${id}`) ?? byId(`w-c${id}`);
  const mayMove = (entry) => entry && "move" in entry.dataset && "mayMove" in window.calendar.root().dataset;

  const titleOf = (entry) => entry.querySelector(".entry-title").lastChild.textContent.trim(); // behind why it will not go out
  const publishNow = (id) => ({ href: `/content/${id}`, link: "Publish it now?" });

  // -- one stop for Tab in the board, one in the tray; arrows go on from there
  const GROUPS = "#days, #tray-cards, #whole-day";
  const ITEMS = ".entry, .more-of-day";
  const setStop = (item, tabIndex) => {
    if (item.tabIndex !== tabIndex) item.tabIndex = tabIndex;
  };
  function rove() {
    for (const name of document.querySelectorAll(".day-name")) setStop(name, -1);
    for (const group of document.querySelectorAll(GROUPS)) {
      const items = [...group.querySelectorAll(ITEMS)];
      const stop =
        items.find((item) => item === document.activeElement) ??
        group.querySelector(".is-today .entry, .day:not(.is-past) .entry") ??
        items[0];
      for (const item of items) setStop(item, item === stop ? 0 : -1);
    }
  }
  for (const name of ["calendar:drawn", "calendar:opened"]) document.addEventListener(name, rove);
  document.addEventListener("focusin", (event) => {
    const group = event.target.closest?.(GROUPS);
    if (!group || !event.target.matches(ITEMS)) return;
    for (const item of group.querySelectorAll('[tabindex="0"]')) item.tabIndex = -1;
    event.target.tabIndex = 0;
  });

  function neighbour(item, key) {
    const day = item.closest(".day");
    const here = [...(day ?? item.parentElement).querySelectorAll(ITEMS)];
    const at = here.indexOf(item);
    const up = key === "ArrowUp" || key === "ArrowLeft";
    const within = key === "ArrowUp" || key === "ArrowDown" || !day;
    if (within && here[at + (up ? -1 : 1)]) return here[at + (up ? -1 : 1)];
    if (!day) return null;
    const days = [...document.querySelectorAll("#days > .day")];
    const isMonth = window.calendar.root().dataset.view === "month";
    const by = (within && isMonth ? 7 : 1) * (up ? -1 : 1);
    for (let n = days.indexOf(day) + by; days[n]; n += by) {
      const items = days[n].querySelectorAll(ITEMS);
      if (items.length) return within ? items[up ? items.length - 1 : 0] : items[Math.min(at, items.length - 1)];
    }
    return null;
  }

  // -- moving by keys: each waits for the one before
  let queue = Promise.resolve();
  let moving = null; // the id of the piece, also while it is between two pages
  function nudge(id, key) {
    moving = id;
    const mine = queue.then(() => {
      const entry = entryOf(id);
      if (!mayMove(entry)) return null;
      const { day, time } = placeOf(entry);
      const view = window.calendar.root().dataset.view;
      const vertical = key === "ArrowUp" || key === "ArrowDown";
      const way = key === "ArrowUp" || key === "ArrowLeft" ? -1 : 1;
      if (!day) return null;
      if (vertical && view === "week")
        return time ? move(entry, { day, time: shifted(time, way * 15) }, { follow: true }) : null;
      const date = new Date(`${day}T00:00Z`);
      date.setUTCDate(date.getUTCDate() + way * (vertical ? 7 : 1));
      return move(entry, { day: date.toISOString().slice(0, 10), time: "" }, { follow: true });
    });
    queue = mine;
    mine.finally(() => {
      if (queue === mine) moving = null;
    });
  }

  function shifted(time, minutes) {
    const [hour, minute] = time.split(":").map(Number);
    const total = Math.min(1425, Math.max(0, hour * 60 + minute + minutes));
    return `${String(Math.floor(total / 60)).padStart(2, "0")}:${String(total % 60).padStart(2, "0")}`;
  }

  document.addEventListener("keydown", (event) => {
    const item = event.target.closest?.(ITEMS);
    if (moving && event.shiftKey && event.key.startsWith("Arrow")) {
      event.preventDefault();
      return nudge(moving, event.key);
    }
    if (!item || event.ctrlKey || event.metaKey || event.altKey) return null;
    if (event.key.startsWith("Arrow")) {
      if (event.shiftKey) {
        if (item.dataset.id) nudge(item.dataset.id, event.key);
      } else neighbour(item, event.key)?.focus();
    } else if (event.key === "Home" || event.key === "End") {
      [...item.closest(GROUPS).querySelectorAll(ITEMS)].at(event.key === "Home" ? 0 : -1).focus();
    } else if (event.key === "m" || event.key === "M") {
      if (mayMove(item)) askWhere(item);
    } else if (event.key === "Delete" || event.key === "Backspace") {
      if (mayMove(item) && placeOf(item).day) move(item, { day: "" }, { follow: true });
    } else return null;
    return event.preventDefault();
  });

  // -- the Move… dialog
  let asked = null;
  function askWhere(entry, wanted = {}) {
    window.calendar.hide();
    const { id, day, time } = placeOf(entry);
    asked = id;
    byId("move-what").textContent = titleOf(entry);
    byId("move-day").value = wanted.day ?? day;
    byId("move-time").value = wanted.time ?? time;
    byId("move-insert").checked = Boolean(wanted.insert);
    byId("move-tray").hidden = !day;
    byId("move-more").href = `/content/${id}/schedule`;
    byId("move-wrong").textContent = "";
    byId("move-dialog").returnValue = "";
    byId("move-dialog").showModal();
  }

  document.addEventListener("calendar:ask", ({ detail: { entry } }) => askWhere(entry));
  byId("move-form").addEventListener("submit", (event) => {
    const needsTime = event.submitter.value === "move" && byId("move-insert").checked && !byId("move-time").value;
    byId("move-wrong").textContent = needsTime ? "Say at which time it shall be inserted." : "";
    if (needsTime) event.preventDefault();
  });
  byId("move-dialog").addEventListener("close", () => {
    const entry = entryOf(asked);
    const to = { day: byId("move-day").value, time: byId("move-time").value };
    const { returnValue } = byId("move-dialog");
    entry?.focus({ preventScroll: true });
    if (!entry || !returnValue) return;
    const from = placeOf(entry);
    if (returnValue === "tray") move(entry, { day: "" }, { follow: true });
    else if (byId("move-insert").checked) insert(entry, to);
    else if (to.day !== from.day || to.time !== from.time) move(entry, to, { follow: true });
  });

  // -- insert here: first a look at what makes room
  async function insert(entry, to) {
    const { id, time } = placeOf(entry);
    const at = { id, day: to.day, time: to.time || time };
    const dialog = byId("insert-dialog");
    try {
      dialog.innerHTML = await (await ask(address("/insertion", at))).text();
    } catch (problem) {
      return refuse(problem, () => insert(entry, to));
    }
    dialog.returnValue = "";
    dialog.showModal();
    dialog.onclose = () => {
      const there = entryOf(id);
      there?.focus({ preventScroll: true });
      if (dialog.returnValue === "insert") move(there ?? entry, at, { insert: true, follow: true });
    };
    return null;
  }

  document.addEventListener("calendar:drop", ({ detail: { entry, from, to, insert: shift, isPast } }) => {
    window.calendar.hide();
    const there = entryOf(from.id) ?? entry;
    if (isPast)
      say({
        text: `That day is past, so “${titleOf(there)}” stays where it was.`,
        kind: "problem",
        ...publishNow(from.id),
      });
    else if (shift && !to.time && !from.time) askWhere(there, { ...to, insert: true });
    else if (shift) insert(there, to);
    else move(there, to);
  });

  rove();
})();
