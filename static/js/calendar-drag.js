// Carrying a piece with the mouse, or with a finger after holding it for a moment. The time at
// which it would go out stands beside the pointer. At the edges the board scrolls, and after a
// while turns to the next or previous page.
(() => {
  const HOLD = 150; // ms that a finger rests before it carries
  const SLACK = 8; // px that it may move meanwhile
  const START = 4; // px that the mouse moves before it carries
  const EDGE = 36; // px from the edge: scrolls
  const TURN_AFTER = 700; // ms at an edge that cannot scroll
  const ASIDE = "#toasts, #whole-day"; // what may lie over the board
  const byId = (id) => document.getElementById(id);
  let held = null; // what may become a carry: entry, x, y
  let carried = null;
  let quietUntil = 0; // a click that ends a carry opens nothing

  const mayMove = () => "mayMove" in window.calendar.root().dataset;
  const grabbed = (event) => (mayMove() ? event.target.closest?.(".entry[data-move]") : null);

  // -- where the pointer is: what lies below the things that stand aside
  function targetAt(x, y) {
    const under = document.elementsFromPoint(x, y).find((one) => !one.closest(ASIDE));
    const turning = under?.closest(".turn a[data-turn]");
    if (turning) return { turn: turning };
    if (under?.closest("#tray")) return { element: byId("tray"), day: "" };
    const day = under?.closest(".day");
    if (!day) return null;
    const found = { element: day, day: day.dataset.day, isPast: "past" in day.dataset, time: "" };
    const slot = under.closest(".slot");
    const hour = under.closest(".hour");
    if (slot) Object.assign(found, { element: slot, time: slot.dataset.slot });
    else if (hour) Object.assign(found, { element: hour, time: timeWithin(hour, y) });
    return found;
  }

  function timeWithin(hour, y) {
    const box = hour.getBoundingClientRect();
    const quarter = Math.min(3, Math.max(0, Math.floor(((y - box.top) / box.height) * 4)));
    return `${hour.dataset.hour.padStart(2, "0")}:${String(quarter * 15).padStart(2, "0")}`;
  }

  function isUnchanged({ from }, target) {
    if (target.day !== from.day) return false;
    return !target.day || !target.time || target.time === from.time;
  }

  const dayName = (day) =>
    new Intl.DateTimeFormat("en-GB", { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" })
      .format(new Date(`${day}T00:00Z`))
      .replace(",", "");

  function label(carry, target, insert) {
    if (!target) return "";
    if (target.turn) return `To the ${target.turn.getAttribute("aria-label").toLowerCase()} page`;
    if (isUnchanged(carry, target)) return "Stays where it is";
    if (!target.day) return "Off the calendar";
    if (target.isPast) return `${dayName(target.day)} is past`;
    const time = target.time || carry.from.time || "first free slot";
    return `${insert ? "Insert at " : ""}${dayName(target.day)}, ${time}`;
  }

  // -- carrying. No class says so on the whole page: with each carry and each drop the style of
  // every element on it would be reckoned anew, which takes longer than the drop itself. The piece
  // captures the pointer, so the hand that is shown is the piece's.
  function standAside(isCarrying) {
    for (const element of document.querySelectorAll(ASIDE)) element.classList.toggle("is-aside", isCarrying);
  }

  function begin(entry, x, y, pointer = null) {
    const isTouch = pointer === null;
    const box = entry.getBoundingClientRect();
    const ghost = entry.cloneNode(true);
    ghost.removeAttribute("id");
    ghost.className = `${entry.className} ghost`;
    ghost.style.inlineSize = `${Math.min(box.width, 256)}px`;
    document.body.append(ghost);
    standAside(true);
    entry.classList.add("is-carried");
    if (!isTouch && entry.isConnected) entry.setPointerCapture(pointer);
    carried = {
      entry,
      ghost,
      x,
      y,
      isTouch,
      from: window.calendar.placeOf(entry),
      target: null,
      insert: false,
      dx: Math.min(x - box.left, 200),
      dy: y - box.top,
      edgeSince: 0,
      edge: "",
    };
    held = null;
    window.calendar.isCarrying = true;
    document.dispatchEvent(new Event("calendar:carry"));
    requestAnimationFrame(step);
  }

  // Once per frame: the ghost, the target, the edges.
  function step(now) {
    if (!carried) return;
    const { ghost, x, y, dx, dy } = carried;
    ghost.style.translate = `${x - dx}px ${y - dy}px`;
    const target = targetAt(x, y);
    mark(target);
    const note = byId("drag-note");
    note.textContent = label(carried, target, carried.insert);
    note.hidden = !note.textContent;
    note.classList.toggle("is-no", Boolean(target?.isPast));
    const left = Math.min(x - dx, innerWidth - note.offsetWidth - 8);
    note.style.translate = `${left}px ${Math.max(4, y - dy - (carried.isTouch ? 48 : 28))}px`;
    atEdge(now, target);
    requestAnimationFrame(step);
  }

  function mark(target) {
    const old = carried.target;
    carried.target = target;
    if (old?.element === target?.element) return;
    old?.element?.classList.remove("is-target", "is-refused");
    target?.element?.classList.add(target.isPast ? "is-refused" : "is-target");
  }

  function atEdge(now, target) {
    const board = byId("board");
    const scroller = board.scrollHeight > board.clientHeight + 1 ? board : byId("main");
    const box = board.getBoundingClientRect();
    const top = Math.max(box.top, 0);
    const bottom = Math.min(box.bottom, innerHeight);
    const inside = carried.x > box.left && carried.x < box.right;
    let edge = target?.turn ? target.turn.id : "";
    if (inside && carried.y < top + EDGE) edge = scroll(scroller, -1) ? "" : "previous";
    else if (inside && carried.y > bottom - EDGE) edge = scroll(scroller, 1) ? "" : "next";
    if (edge !== carried.edge) Object.assign(carried, { edge, edgeSince: now });
    if (!edge || now - carried.edgeSince < TURN_AFTER) return;
    carried.edgeSince = now + TURN_AFTER; // the next page wants to be asked for anew
    window.calendar.turn(byId(edge).href).catch((problem) => window.calendar.refuse(problem, () => {}));
  }

  function scroll(element, way) {
    const before = element.scrollTop;
    element.scrollTop += way * 9;
    return element.scrollTop !== before;
  }

  function end() {
    const carry = carried;
    carried = null;
    carry.ghost.remove();
    carry.entry.classList.remove("is-carried");
    carry.target?.element?.classList.remove("is-target", "is-refused");
    standAside(false);
    byId("drag-note").hidden = true;
    window.calendar.isCarrying = false;
    if (!carry.isTouch) quietUntil = performance.now() + 350; // a finger's click was prevented
    return carry;
  }

  function drop() {
    const { entry, target, insert, ...carry } = end();
    if (!target || target.turn || isUnchanged(carry, target)) return;
    const detail = {
      entry,
      from: carry.from,
      to: { day: target.day, time: target.time },
      insert: insert && Boolean(target.day),
    };
    if (target.isPast) detail.isPast = true;
    document.dispatchEvent(new CustomEvent("calendar:drop", { detail }));
  }

  // -- mouse and pen
  document.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch" || event.button !== 0) return;
    const entry = grabbed(event);
    if (entry) held = { entry, x: event.clientX, y: event.clientY, pointer: event.pointerId };
  });
  document.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    if (held && Math.hypot(event.clientX - held.x, event.clientY - held.y) > START)
      begin(held.entry, held.x, held.y, held.pointer);
    if (carried) Object.assign(carried, { x: event.clientX, y: event.clientY, insert: event.shiftKey });
  });
  document.addEventListener("pointerup", (event) => {
    held = event.pointerType === "touch" ? held : null;
    if (event.pointerType === "touch" || !carried) return;
    Object.assign(carried, { x: event.clientX, y: event.clientY, insert: event.shiftKey });
    mark(targetAt(event.clientX, event.clientY));
    drop();
  });
  document.addEventListener("dragstart", (event) => event.target.closest?.(".entry") && event.preventDefault());

  // -- fingers. The listeners hang on the piece itself, which may leave the page while it is carried.
  document.addEventListener(
    "touchstart",
    (event) => {
      const entry = event.touches.length === 1 ? grabbed(event) : null;
      if (!entry) return letGo();
      const { clientX: x, clientY: y } = event.touches[0];
      held = { entry, x, y, timer: setTimeout(() => begin(entry, x, y), HOLD) };
      entry.addEventListener("touchmove", follow, { passive: false });
      entry.addEventListener("touchend", finish);
      entry.addEventListener("touchcancel", cancel);
    },
    { passive: true },
  );

  function follow(event) {
    const { clientX: x, clientY: y } = event.touches[0];
    if (held && Math.hypot(x - held.x, y - held.y) > SLACK) letGo();
    if (!carried) return;
    event.preventDefault();
    Object.assign(carried, { x, y });
  }

  function letGo() {
    clearTimeout(held?.timer);
    held = null;
  }

  function finish(event) {
    letGo();
    if (!carried) return;
    event.preventDefault();
    mark(targetAt(carried.x, carried.y));
    drop();
  }

  function cancel() {
    letGo();
    if (carried) end();
  }

  document.addEventListener("contextmenu", (event) => (held?.timer || carried) && event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (!carried) return;
    if (event.key === "Escape") cancel();
    if (event.key === "Shift") carried.insert = true;
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Shift" && carried) carried.insert = false;
  });
  document.addEventListener(
    "click",
    (event) => {
      if (performance.now() > quietUntil || !event.target.closest(".entry, .day, .tray")) return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
  addEventListener("blur", cancel);
})();
