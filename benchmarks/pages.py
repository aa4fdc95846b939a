"""How soon a page of the desk is there, with the demo, in Chromium: first byte, first paint, and
how much of what was drawn moved afterwards.

    python -m benchmarks.pages [--quick]

Each load is that of a person who was there before: signed in, the desk's files in the browser's
memory. A page is left alone for half a second before it is asked what it was.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks import measure
from tests.support.browser import Product, Window, chromium, sign_in

TIMES = 20
FIRST_BYTE, FIRST_PAINT = 0.060, 0.300
CALENDAR = "/publisher/content-calendar"
PAGES = {
    "weeks": f"{CALENDAR}?view=weeks",
    "month": f"{CALENDAR}?view=month",
    "week": f"{CALENDAR}?view=week",
    "list": f"{CALENDAR}?view=list",
    "review": "/review",
    "queue": "/publisher/publishing-queue",
    "content": "/content",
    "sites": "/settings/sites",
}
SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) window.shifted += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
SEEN = """() => {
  const [load] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [load.responseStart - load.requestStart, paint.startTime, window.shifted];
}"""


def seen(page: Page, address: str, times: int) -> list[list[float]]:
    """Of each load: first byte and first paint in ms, and the shift; the first load is not one."""
    found = []
    for number in range(times + 1):
        page.goto(address, wait_until="load")
        page.wait_for_timeout(500)
        if number:
            found.append(page.evaluate(SEEN))
    return found


def tell(name: str, loads: list[list[float]]) -> None:
    """One line: medians, the 95th percentiles, and the largest shift."""
    bytes_at, painted_at, shifts = (list(one) for one in zip(*loads, strict=True))
    first, paint = measure.percentile(bytes_at, 95), measure.percentile(painted_at, 95)
    is_met = first <= FIRST_BYTE * 1000 and paint <= FIRST_PAINT * 1000 and max(shifts) == 0
    measure.say(
        f"  {name:8} first byte {statistics.median(bytes_at):3.0f} ms, p95 {first:3.0f};"
        f" first paint {statistics.median(painted_at):3.0f} ms, p95 {paint:3.0f};"
        f" shift {max(shifts):.3f}: {measure.verdict(is_met)}"
    )


def main() -> None:
    times = 3 if "--quick" in sys.argv else TIMES
    measure.heading("the desk's pages: first byte, first paint, shifts")
    with tempfile.TemporaryDirectory() as directory, chromium() as browser:
        product = Product(Path(directory))
        product.start()
        try:
            context = sign_in(browser, product, viewport={"width": 1440, "height": 900})
            context.add_init_script(SHIFTS)
            page = Window(context.new_page(), product).open("/review")
            for name, path in PAGES.items():
                tell(name, seen(page, f"{product.url}{path}", times))
        finally:
            product.stop()


if __name__ == "__main__":
    main()
