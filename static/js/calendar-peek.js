// What appears over the calendar: the details of a piece, and a whole day.
(() => {
  const OVER = 350; // ms with the mouse on a piece
  const FOCUSED = 700; // ms with the keyboard on it
  const AFTER_CARRY = 1500; // ms in which nothing appears over what was just moved
  const LEAVE = 200; // ms in which the mouse may go over to the details
  const byId = (id) => document.getElementById(id);
  const { ask, address, move, refuse } = window.calendar;
  const peek = () => byId("peek");
  const whole = () => byId("whole-day");
  const known = new Map(); // id → the details, until something is drawn anew
  let timer = null;
  let shown = null;
  let carriedAt = -AFTER_CARRY;
  let opener = null; // the link that opened the whole day

  // Beside the element, or where there is room.
  function put(box, element) {
    const near = element.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = box;
    const right = near.right + 6 + width < innerWidth;
    const left = right ? near.right + 6 : Math.max(8, near.left - width - 6);
    const fits = right || near.left - width - 6 >= 8;
    const below = near.bottom + 6 + height < innerHeight ? near.bottom + 6 : Math.max(8, near.top - height - 6);
    const top = fits ? Math.min(near.top, innerHeight - height - 8) : below;
    box.style.left = `${fits ? left : Math.max(8, Math.min(near.left, innerWidth - width - 8))}px`;
    box.style.top = `${Math.max(8, top)}px`;
  }

  async function show(entry) {
    const { id } = entry.dataset;
    if (!known.has(id)) {
      try {
        known.set(id, await (await ask(address(`/pieces/${id}`))).text());
      } catch {
        return; // nothing was asked for
      }
    }
    if (shown !== entry || !entry.isConnected || window.calendar.isCarrying) return;
    peek().innerHTML = known.get(id);
    if (!peek().matches(":popover-open")) peek().showPopover();
    put(peek(), entry);
    entry.setAttribute("aria-describedby", "peek");
  }

  function soon(entry, after) {
    clearTimeout(timer);
    if (shown === entry && peek().matches(":popover-open")) return;
    shown = entry;
    timer = setTimeout(() => show(entry), after);
  }

  function hidePeek() {
    clearTimeout(timer);
    shown?.removeAttribute("aria-describedby");
    shown = null;
    if (peek().matches(":popover-open")) peek().hidePopover();
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || window.calendar.isCarrying) return;
    const entry = event.target.closest?.(".entry");
    if (entry) soon(entry, performance.now() - carriedAt < AFTER_CARRY ? AFTER_CARRY : OVER);
    else if (event.target.closest?.("#peek")) clearTimeout(timer);
    else if (shown && shown !== document.activeElement) {
      clearTimeout(timer);
      timer = setTimeout(hidePeek, LEAVE);
    }
  });
  document.addEventListener("focusin", (event) => {
    const entry = event.target.closest?.(".entry");
    if (entry?.matches(":focus-visible")) soon(entry, FOCUSED);
    else if (!event.target.closest?.("#peek")) hidePeek();
  });
  document.addEventListener("pointerdown", (event) => event.target.closest?.("#peek") || hidePeek());
  document.addEventListener("calendar:drop", () => (carriedAt = performance.now()));
  for (const name of ["calendar:carry", "calendar:turned"]) document.addEventListener(name, hidePeek);
  document.addEventListener("calendar:drawn", () => {
    known.clear();
    if (shown && !shown.isConnected) hidePeek();
  });
  document.addEventListener("scroll", (event) => event.target === peek() || hidePeek(), true);

  // A finger has nothing to hover with: a tap shows the details, and from there the piece.
  document.addEventListener("click", (event) => {
    const entry = event.target.closest(".entry");
    if (!entry || event.pointerType !== "touch") return;
    event.preventDefault();
    hidePeek();
    soon(entry, 0);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("#peek [data-ask], #peek [data-take], #peek [data-approve]");
    if (!button) return;
    const entry = shown;
    if ("approve" in button.dataset) approve(button);
    hidePeek();
    if (!entry?.isConnected) return;
    if ("approve" in button.dataset) entry.focus({ preventScroll: true });
    else if ("ask" in button.dataset) document.dispatchEvent(new CustomEvent("calendar:ask", { detail: { entry } }));
    else move(entry, { day: "" });
  });

  async function approve(button) {
    const { approve: id, version } = button.dataset;
    try {
      await ask(`/content/${id}/approval`, { home: "calendar", version });
      known.delete(id); // its card is drawn anew when the page hears of it
    } catch (problem) {
      refuse(problem, () => approve(button));
    }
  }

  // -- "+N more" opens the whole day
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-open-day]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    try {
      whole().innerHTML = await (await ask(address(`/days/${link.closest(".day").dataset.day}`))).text();
    } catch (problem) {
      refuse(problem, () => link.click());
      return;
    }
    hidePeek();
    opener = link.id || link.closest(".day").id;
    if (!whole().matches(":popover-open")) whole().showPopover();
    put(whole(), link.closest(".day"));
    document.dispatchEvent(new Event("calendar:opened"));
    whole().querySelector(".entry")?.focus({ preventScroll: true });
  });

  function hideWhole() {
    if (!whole().matches(":popover-open")) return;
    const hadFocus = whole().contains(document.activeElement);
    whole().hidePopover();
    if (hadFocus) document.querySelector(`#${CSS.escape(opener)} .more-of-day`)?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const isInside = event.target.closest("#whole-day, #peek, dialog, [data-open-day]");
    if (event.target.closest("#whole-day [data-close]") || !isInside) hideWhole();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || window.calendar.isCarrying) return;
    if (peek().matches(":popover-open")) hidePeek();
    else hideWhole();
  });

  window.calendar.hide = () => {
    hidePeek();
    hideWhole();
  };
})();
