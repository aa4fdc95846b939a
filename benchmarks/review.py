"""From the key to the next piece drawn, on the review page with the demo, in Chromium.

    python -m benchmarks.review [--quick]

A piece counts as drawn when its text stands in its frame, the frame is as high as the text, and the
screen has been drawn after that. Between two keys a second passes, as between two decisions.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks import measure
from tests.support.browser import Product, Window, chromium, sign_in

TIMES, GOAL = 60, 0.080
# Tells in window.laps, in milliseconds, how long each J and K took.
WATCH = """() => {
  window.laps = [];
  const shown = () => document.querySelector('#pane iframe');
  document.addEventListener('keydown', ({ key }) => {
    if (key !== 'j' && key !== 'k') return;
    const [began, before] = [performance.now(), shown().id];
    const look = () => {
      const frame = shown();
      const body = frame?.contentDocument?.body;
      const isNext = frame && frame.id !== before && frame.height > 300;
      if (!isNext || !(body?.innerText.length > 50)) return setTimeout(look, 1);
      requestAnimationFrame(() => setTimeout(() => window.laps.push(performance.now() - began)));
    };
    look();
  }, { capture: true });
}"""


def laps(page: Page, times: int) -> list[float]:
    """Seconds of each of so many keys: five forward, four back, and so on."""
    page.wait_for_timeout(1500)
    page.evaluate(WATCH)
    for number in range(times):
        page.keyboard.press("j" if number % 9 < 5 else "k")
        while page.evaluate("window.laps.length") <= number:
            page.wait_for_timeout(20)
        page.wait_for_timeout(1000)
    return [lap / 1000 for lap in page.evaluate("window.laps")]


def main() -> None:
    times = 9 if "--quick" in sys.argv else TIMES
    measure.heading("the review page: from the key to the next piece drawn")
    with tempfile.TemporaryDirectory() as directory, chromium() as browser:
        product = Product(Path(directory))
        product.start()
        try:
            context = sign_in(browser, product, viewport={"width": 1440, "height": 900})
            found = laps(Window(context.new_page(), product).open("/review"), times)
        finally:
            product.stop()
    p95 = measure.percentile(found, 95)
    measure.say(
        f"  J or K to drawn: median {statistics.median(found) * 1000:.0f} ms,"
        f" p95 {p95 * 1000:.0f} ms of {len(found)}, goal {GOAL * 1000:.0f} ms:"
        f" {measure.verdict(p95 <= GOAL)}"
    )


if __name__ == "__main__":
    main()
