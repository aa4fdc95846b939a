// What every page needs beside htmx: theme, toasts, focus that survives a swap, preview height.
(() => {
  const csrf = () => document.querySelector('input[name="_csrf"]')?.value ?? "";
  const byId = (id) => document.getElementById(id);

  // -- theme: at once here, then kept on the server
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const theme = event.submitter?.value;
    if (!form.matches("[data-themes]") || !theme) return;
    event.preventDefault();
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new Event("theme"));
    for (const frame of document.querySelectorAll("iframe[data-fit]")) {
      if (frame.contentDocument) frame.contentDocument.documentElement.dataset.theme = theme;
    }
    for (const button of form.querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    const body = new URLSearchParams({ theme, _csrf: csrf() });
    fetch(form.action, { method: "POST", body }).catch(() =>
      toast({ kind: "problem", text: "The theme could not be kept." }),
    );
  });

  // -- selects that act by themselves (without JavaScript a button stands beside them)
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-submit-on-change]")?.requestSubmit();
  });

  // -- toasts: what happened elsewhere
  function icon(name) {
    const sprite = document.querySelector(".icon use").getAttribute("href").split("#")[0];
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "icon");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${sprite}#${name}`);
    svg.append(use);
    return svg;
  }

  let asked = ""; // the act that was answered last
  function toast({ text, kind = "ok", href = "", link = "", undo = "", aside = false, act = null, key = "" }) {
    const box = byId("toasts");
    for (const shown of [...box.children]) if (key && shown.dataset.key === key) shown.remove();
    if (!undo && !act && [...box.children].some((shown) => shown.dataset.text === text)) return;
    const line = document.createElement("div");
    line.className = `toast ${kind === "ok" ? "green" : "red"}`;
    line.dataset.text = text;
    if (key) line.dataset.key = key;
    if (kind !== "ok") Object.assign(line.dataset, { problem: "yes", act: asked });
    const words = document.createElement("div");
    words.append(text);
    if (href) {
      const anchor = document.createElement("a");
      anchor.className = "link";
      anchor.href = href;
      anchor.textContent = link;
      if (aside) anchor.target = "_blank";
      words.append(" ", anchor);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.setAttribute("aria-label", "Dismiss");
    close.append(icon("x"));
    close.addEventListener("click", () => line.remove());
    line.append(icon(kind === "ok" ? "circle-check" : "circle-alert"), words);
    if (undo || act) line.append(actButton(act ?? undoing(undo), line));
    line.append(close);
    box.append(line);
    if (kind === "ok") leave(line, undo || act ? 10_000 : 8000);
  }

  const undoing = (path) => ({
    word: "Undo",
    run: () => htmx.ajax("POST", path, { source: document.body, swap: "none" }),
  });

  function actButton({ word, run }, line) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "toast-undo";
    button.textContent = word;
    button.addEventListener("click", () => {
      line.remove();
      run();
    });
    return button;
  }

  // A problem is told until it is over: an act worked, the same act was answered anew, or what was
  // lost is back. htmx shows the toast of an answer after this.
  function clear(isOver) {
    for (const line of [...byId("toasts").children]) if (line.dataset.problem && isOver(line)) line.remove();
  }
  const actOf = (context) => `${context?.request?.method} ${context?.request?.action}`;
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
    if (ctx.sourceElement?.matches?.("[data-live]")) return;
    clear((line) => ctx.response.status < 400 || line.dataset.act === actOf(ctx));
    asked = actOf(ctx);
  });
  document.addEventListener("worked", () => clear(() => true));
  document.addEventListener("found", () => clear((line) => line.dataset.key === "lost"));

  // gone after a while, but not while somebody is about to use it
  function leave(line, after) {
    setTimeout(() => (line.matches(":hover, :focus-within") ? leave(line, 2000) : line.remove()), after);
  }
  document.addEventListener("toast", (event) => toast(event.detail));
  // Somebody signed in again in another tab: what stands on this page can be sent all the same.
  document.addEventListener("csrf", ({ detail }) => {
    for (const field of document.querySelectorAll('input[name="_csrf"]')) field.value = detail.token;
    document.body.setAttribute("hx-headers:inherited", JSON.stringify({ "X-CSRF-Token": detail.token }));
  });
  document.addEventListener("htmx:error", (event) => {
    const source = event.detail?.ctx?.sourceElement;
    if (source?.matches?.("[data-live]") || event.detail?.ctx?.response) return;
    asked = actOf(event.detail?.ctx);
    toast({ kind: "problem", key: "lost", text: "IGNY8 did not answer. Check your connection, then try again." });
  });

  // -- focus: a swap that removed the focused element gives it to its successor
  let focused = null;
  document.addEventListener("htmx:before:swap", () => {
    const element = document.activeElement;
    if (!element || element === document.body) return;
    focused = { id: element.id, home: element.closest("[data-focus-home]")?.id };
  });
  document.addEventListener("htmx:after:swap", () => {
    if (!focused) return;
    const lost = !document.activeElement || document.activeElement === document.body;
    const { id, home } = focused;
    focused = null;
    if (!lost) return;
    const target = byId(id) ?? byId(home) ?? byId("main");
    if (target && !target.matches("a, button, input, select, textarea, [tabindex]")) target.tabIndex = -1;
    target?.focus({ preventScroll: true });
  });

  // -- the preview is as high as its text, so that page and text scroll as one
  function fit(frame) {
    const page = frame.contentDocument?.documentElement;
    if (!page) return;
    page.style.overflow = "hidden";
    frame.height = frame.contentDocument.body.scrollHeight; // an attribute: the policy refuses styles
  }
  function watch(frame) {
    if (frame.dataset.watched) return;
    frame.dataset.watched = "yes";
    const ready = () => {
      const body = frame.contentDocument?.body;
      if (!body || frame.contentDocument.URL === "about:blank") return;
      fit(frame);
      new ResizeObserver(() => fit(frame)).observe(body);
    };
    frame.addEventListener("load", ready);
    ready();
  }
  const watchAll = () => document.querySelectorAll("iframe[data-fit]").forEach(watch);
  document.addEventListener("htmx:after:swap", watchAll);

  // -- copy a key
  async function copy(element) {
    if (navigator.clipboard) return navigator.clipboard.writeText(element.textContent.trim());
    getSelection().selectAllChildren(element); // browsers have no clipboard on plain http
    if (!document.execCommand("copy")) throw new Error("the browser refused");
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const word = button.querySelector("[data-word]");
    const shown = byId(button.dataset.copy);
    try {
      await copy(shown);
      word.textContent = "Copied";
      delete button.closest("[data-once]")?.dataset.once;
    } catch {
      getSelection().selectAllChildren(shown);
      word.textContent = "Marked: copy it with the keyboard";
    }
  });

  // -- what is shown once does not go away by mistake
  document.addEventListener("click", (event) => {
    const done = event.target.closest("[data-once-done]");
    delete done?.closest("[data-once]")?.dataset.once;
  });
  addEventListener("beforeunload", (event) => {
    if (document.querySelector("[data-once]")) event.preventDefault();
  });

  watchAll();
})();
