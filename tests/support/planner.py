"""A calendar in a browser: pieces with their times, and hands that carry them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from tests.support.browser import Product

PATH = "/publisher/content-calendar"
HALF_PAST_NINE = time(9, 30)


def in_months(months: int) -> date:
    """A Tuesday in the middle of the month that comes so many months after this one."""
    today = datetime.now(UTC).date()
    number = today.month - 1 + months
    middle = date(today.year + number // 12, number % 12 + 1, 12)
    return middle + timedelta(days=(1 - middle.weekday()) % 7)


@dataclass
class Planner:
    """Makes pieces with a time, and reads from the product where they stand."""

    product: Product
    site_id: int
    zone: ZoneInfo

    def approved(self, title: str) -> int:
        content_id = self.product.piece(title, site_id=self.site_id)
        answer = self.product.api.post(f"/writer/content/{content_id}/approve", json={})
        answer.raise_for_status()
        return content_id

    def piece(self, title: str, day: date, at: time = HALF_PAST_NINE) -> int:
        content_id = self.approved(title)
        self.put(content_id, day, at)
        return content_id

    def put(self, content_id: int, day: date, at: time = HALF_PAST_NINE) -> None:
        moment = datetime.combine(day, at, self.zone).astimezone(UTC)
        answer = self.product.api.post(
            f"/content/{content_id}/schedule", json={"scheduled_at": moment.isoformat()}
        )
        answer.raise_for_status()

    def stands_at(self, content_id: int) -> datetime | None:
        """The wall time at which the product has it."""
        found = self.product.api.get(f"/writer/content/{content_id}").json()["data"]
        at = found["scheduled_publish_at"]
        if at is None:
            return None
        return datetime.fromisoformat(at).astimezone(self.zone).replace(tzinfo=None)

    def path(self, day: date, view: str = "month") -> str:
        return f"{PATH}?view={view}&date={day}&site={self.site_id}"


MIDDLE = """(element) => {
  if (!element.isConnected) return null;
  element.scrollIntoViewIfNeeded();
  const box = element.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""


def box_of(locator: Locator) -> tuple[float, float]:
    """The middle of an element, in the window. It may be drawn anew between being found and being
    measured: then it is the new one's. The old one's is the corner of the window."""
    while (middle := locator.evaluate(MIDDLE)) is None:
        pass
    x, y = middle
    return x, y


def day_of(page: Page, day: date) -> Locator:
    return page.locator(f"#d{day}")


def entry(page: Page, content_id: int) -> Locator:
    return page.locator(f"#c{content_id}, #t{content_id}").first


def carry(page: Page, piece: Locator, x: float, y: float, wait: int = 60) -> None:
    """Press on the piece and move the mouse there, step by step, without letting go."""
    page.mouse.move(*box_of(piece))
    page.mouse.down()
    page.mouse.move(x, y, steps=14)
    page.wait_for_timeout(wait)


def is_carrying(page: Page) -> bool:
    """Whether a piece follows the hand."""
    return page.locator(".ghost").count() > 0


def lands(page: Page, content_id: int, day: date) -> None:
    """Wait until the server has answered and the piece stands on that day."""
    expect(day_of(page, day).locator(f"#c{content_id}:not(.is-sent)")).to_be_visible()


def toast(page: Page) -> Locator:
    return page.locator(".toast").last
