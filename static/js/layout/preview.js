// A preview is as high as its text, so that page and text scroll as one, and a key that is pressed in
// it is pressed on the page.

function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  page.style.overflow = "hidden";
  frame.height = frame.contentDocument.body.scrollHeight; // an attribute: the policy refuses styles
}

function passOn(event, frame) {
  if (!frame.dispatchEvent(new KeyboardEvent("keydown", event))) event.preventDefault();
}

const heard = new WeakSet(); // documents

function watch(frame) {
  if (frame.dataset.watched) return;
  frame.dataset.watched = "yes";
  const ready = () => {
    const body = frame.contentDocument?.body;
    if (!body || frame.contentDocument.URL === "about:blank") return;
    fit(frame);
    if (heard.has(frame.contentDocument)) return;
    heard.add(frame.contentDocument);
    frame.contentDocument.addEventListener("keydown", (event) => passOn(event, frame));
    new ResizeObserver(() => fit(frame)).observe(body);
  };
  frame.addEventListener("load", ready);
  ready();
}

const watchAll = () => document.querySelectorAll("iframe[data-fit]").forEach(watch);

document.addEventListener("htmx:after:swap", watchAll);
watchAll();
