"""The editor's text surface alone in Chromium: its own files, our content security policy, no
server behind it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import ConsoleMessage, Page

from tests.support.browser import ROOT
from webapp.core.web import HTML_HEADERS

PROBES = Path(__file__).parent / "probes"
POLICY = HTML_HEADERS["Content-Security-Policy"]
DESK = """<!doctype html>
<html lang="en" data-theme="light">
<head><meta charset="utf-8"><title>A text</title>
<meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/vendor/basecoat-css/basecoat-nova.cdn.min.css">
<link rel="stylesheet" href="/css/app.css"><link rel="stylesheet" href="/css/editor/text.css">
<link rel="stylesheet" href="/css/editor/text-tools.css">
</head><body><main><h1>A text</h1><div id="tools"></div><div id="place"></div></main></body></html>
"""
OPEN = """async ([source, options]) => {
  const { openText } = await import("/js/editor/text/index.js");
  window.text?.destroy();
  window.told = { changes: 0, said: [], sent: [], dropped: [], described: [] };
  window.text = openText({
    place: document.getElementById("place"),
    tools: document.getElementById("tools"),
    source,
    onChange: () => (told.changes += 1),
    say: (words) => told.said.push(words),
    links: async (words) => [{ title: `About ${words}`, address: "https://site.example/about/" }],
    pictures: async () => [{ name: "boat.png", address: "/icon.svg", alt: "A boat" }],
    upload: (file, how) =>
      new Promise((done, fail) => told.sent.push({ name: file.name, how, done, fail })),
    drop: (name) => told.dropped.push(name),
    describe: (address, texts) => told.described.push([address, texts]),
    address: () => "/icon.svg",
    ...options,
  });
}"""
# What comes when the text rests.
WINDOWS = """async () => {
  const { fetchWindows } = await import("/js/editor/text/later.js");
  await fetchWindows();
}"""
# Puts the selection in front of, behind, or over the words that are named.
SELECT = """([words, where, nth]) => {
  const { state, dispatch } = text.view;
  const found = [];
  state.doc.descendants((node, at) => {
    if (!node.isTextblock) return true;
    const line = node.textBetween(0, node.content.size, null, "\\ufffc");
    for (let from = line.indexOf(words); from >= 0; from = line.indexOf(words, from + 1)) {
      found.push(at + 1 + from);
      if (!words) break;
    }
    return false;
  });
  const start = found.at(nth);
  if (start === undefined) throw new Error(`“${words}” is not in the text`);
  const end = start + words.length;
  const [from, to] = { over: [start, end], before: [start, start], behind: [end, end] }[where];
  const { TextSelection } = window.prosemirror;
  text.view.focus();
  text.view.dispatch(state.tr.setSelection(TextSelection.create(state.doc, from, to)));
}"""


class _Files(SimpleHTTPRequestHandler):
    """The desk's files, the probes of these tests, and an empty desk."""

    policy = True

    def log_message(self, *_: object) -> None:
        """Says nothing."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "max-age=600")
        if self.path.startswith("/desk") and self.path != "/desk-without-policy":
            self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def translate_path(self, path: str) -> str:
        if path.startswith("/probes/"):
            return str(PROBES / Path(path).name)
        return super().translate_path(path)

    def do_GET(self) -> None:
        if not self.path.startswith("/desk"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(DESK)))
        self.end_headers()
        self.wfile.write(DESK.encode())
        return None


@contextmanager
def files() -> Iterator[str]:
    """A server of the desk's files; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(ROOT / "static")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Surface:
    """A tab with a text in it."""

    def __init__(self, page: Page, address: str, path: str = "/desk") -> None:
        self.page = page
        self.troubles: list[str] = []
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", self._hear)
        page.goto(address + path)
        page.evaluate(
            "async () => { window.prosemirror ="
            " await import('/vendor/prosemirror/prosemirror.js'); }"
        )

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and "Failed to load resource" not in said.text:
            self.troubles.append(said.text)

    def open(self, source: str, **options: Any) -> None:
        """Open a text, in the place of the one before, with the windows of its tools."""
        self.page.evaluate(OPEN, [source, options])
        self.page.evaluate(WINDOWS)
        self.page.evaluate("() => text.finish()")

    @property
    def source(self) -> str:
        """What would be saved."""
        return str(self.page.evaluate("() => text.source()"))

    @property
    def caret(self) -> str:
        """The line with the caret, which is a |."""
        script = """() => {
          const { $head } = text.view.state.selection;
          const line = $head.parent.textBetween(0, $head.parent.content.size, null, "\\ufffc");
          return `${line.slice(0, $head.parentOffset)}|${line.slice($head.parentOffset)}`;
        }"""
        return str(self.page.evaluate(script))

    def select(self, words: str, where: str = "over", nth: int = 0) -> None:
        """Select words: over, before or behind them."""
        self.page.evaluate(SELECT, [words, where, nth])

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def paste(self, html: str, plain: str = "") -> None:
        """Paste as a browser does: an event with what is on the clipboard."""
        script = """([html, plain]) => {
          const data = new DataTransfer();
          if (html) data.setData("text/html", html);
          data.setData("text/plain", plain);
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          text.view.dom.dispatchEvent(new ClipboardEvent("paste", event));
        }"""
        self.page.evaluate(script, [html, plain])

    def copied(self, event: str = "copy") -> tuple[str, str]:
        """What is copied or cut, as HTML and as plain text."""
        script = """(name) => {
          const data = new DataTransfer();
          const event = { clipboardData: data, bubbles: true, cancelable: true };
          text.view.dom.dispatchEvent(new ClipboardEvent(name, event));
          return [data.getData("text/html"), data.getData("text/plain")];
        }"""
        html, plain = self.page.evaluate(script, event)
        return html, plain

    def probe(self, name: str, given: Any) -> Any:
        """What the default function of a probe finds with what is given."""
        script = "async ([name, given]) => (await import(`/probes/${name}.js`)).default(given)"
        return self.page.evaluate(script, [name, given])
