"""How soon a long text can be written in, and how long a key takes, in Chromium; and how much script the
text brings.

    python -m benchmarks.writing_text [--quick]

The text stands on a page of its own, with our content security policy. A key's time is from its event to
the frame that shows it; a key that opens the text's end, part by part, is one of them.
"""

from __future__ import annotations

import gzip
import statistics
import sys
from typing import Any

from playwright.sync_api import Page

from benchmarks import measure
from tests.editor.text.nasty import block
from tests.editor.text.surface import Surface, files
from tests.support.browser import ROOT, chromium
from webapp.core import assets

SIZES = {"200 KB": (200_000, 0.6, 1.0), "1 MB": (1_000_000, 1.0, 5.0)}
KEY = 0.016
SCRIPT = 160 * 1024
OPEN = """async (source) => {
  const { openText } = await import("/js/editor/text/index.js");
  const begun = performance.now();
  const since = () => (performance.now() - begun) / 1000;
  window.keys = [];
  document.addEventListener("keydown", () => {
    const at = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => keys.push(performance.now() - at);
      port2.postMessage(0);
    });
  }, true);
  window.text = openText({
    place: document.getElementById("place"), tools: document.getElementById("tools"), source,
  });
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  window.first = since();
  window.whole = new Promise((done) => {
    const look = () => (text.isReady() ? done(since()) : setTimeout(look, 5));
    look();
  });
}"""


def text_of(size: int) -> str:
    """Paragraphs, headings and lists, as in a long article."""
    parts: list[str] = []
    length = number = 0
    while length < size:
        number += 1
        words = f"Some words &amp; <em>more</em> with <a href='/{number}'>a link</a> in {number}. " * 3
        heading = f'<h2 class="wp-block-heading">Heading {number}</h2>'
        items = "".join(f"<li>Item {one} of <strong>{number}</strong></li>" for one in range(5))
        kinds = {
            0: f"<!-- wp:heading -->\n{heading}\n<!-- /wp:heading -->",
            4: f"<!-- wp:list -->\n<ul>{items}</ul>\n<!-- /wp:list -->",
        }
        parts.append(kinds.get(number % 9, block(words)))
        length += len(parts[-1]) + 2
    return "\n\n".join(parts)


def typed(page: Page, count: int) -> list[float]:
    """Seconds of each of so many keys."""
    page.evaluate("() => { keys.length = 0; }")
    for letter in ("the quick brown fox jumps over it " * 9)[:count]:
        page.keyboard.press("Space" if letter == " " else letter)
        page.wait_for_timeout(20)
    return [one / 1000 for one in page.evaluate("keys")]


def measured(page: Page, source: str, count: int) -> dict[str, Any]:
    """One opening: until the first screen, until all is there, keys meanwhile and afterwards."""
    page.evaluate(OPEN, source)
    page.click("#place p >> nth=3")
    early = typed(page, 20)
    found = {"first": page.evaluate("first"), "whole": page.evaluate("whole"), "early": early}
    found["keys"] = typed(page, count)
    begun = "(() => { const at = performance.now(); text.source(); return (performance.now() - at) / 1000 })()"
    found["source"] = page.evaluate(begun)
    return found


def tell(name: str, limits: tuple[int, float, float], runs: list[dict[str, Any]]) -> None:
    """A line: medians of the openings, and the 95th percentile of keys."""
    _, first_most, whole_most = limits
    first, whole, source = (
        statistics.median(one[what] for one in runs) for what in ("first", "whole", "source")
    )
    early = measure.percentile([key for one in runs for key in one["early"]], 95)
    key = measure.percentile([key for one in runs for key in one["keys"]], 95)
    is_met = first <= first_most and whole <= whole_most and key <= KEY
    measure.say(
        f"  {name:7} first screen {first:.2f} s, all {whole:.2f} s; a key p95 {early * 1000:.0f} ms"
        f" meanwhile, {key * 1000:.1f} ms afterwards; its source {source * 1000:.0f} ms:"
        f" {measure.verdict(is_met)}"
    )


def script() -> int:
    """Bytes of script that the text loads, each file packed."""
    entry = "js/editor/text/index.js"
    names = [entry, *assets.imports(entry)]
    return sum(len(gzip.compress((ROOT / "static" / one).read_bytes(), 9)) for one in names)


def main() -> None:
    is_quick = "--quick" in sys.argv
    measure.heading("writing in a long text")
    packed = script()
    measure.say(f"  script  {packed / 1024:.0f} KB packed: {measure.verdict(packed <= SCRIPT)}")
    with chromium() as browser, files() as address:
        for name, limits in SIZES.items():
            runs = []
            for _ in range(1 if is_quick else 3):
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                surface = Surface(page, address)
                runs.append(measured(surface.page, text_of(limits[0]), 40 if is_quick else 150))
                page.close()
            tell(name, limits, runs)


if __name__ == "__main__":
    main()
