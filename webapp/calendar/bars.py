"""The sites above the calendar: what is used of their limits, and what is the matter with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.calendar import counts
from webapp.calendar.counts import Usage
from webapp.calendar.sites import SiteRow
from webapp.core import dates, labels, zones
from webapp.integrations.obstacles import OBSTACLES

NOTHING = Usage(0, 0, 0, None, 0)
DAYS_WITH_NAMES = 7
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Bar:
    """A site above the calendar, with what is used of its limits now."""

    site: SiteRow
    usage: Usage
    used: list[tuple[str, int, int | None]]
    now: datetime

    @property
    def matter(self) -> tuple[int, str, str]:
        """How bad it stands (0 is well), in words, and as a colour."""
        standing, stopped = self.site.standing, self.usage.stopped
        if self.site.obstacle:
            return 5, OBSTACLES[self.site.obstacle].word, "red"
        if standing and standing.reason:
            return 4, labels.chip(standing.state).word.lower(), labels.chip(standing.state).colour
        if stopped:
            return 3, f"{stopped:,} will not go out", "red"
        if self.site.settings.paused:
            return 2, "paused", "violet"
        return (1, "", "amber") if self.is_over else (0, "", "")

    @property
    def is_over(self) -> bool:
        """Whether more stands in a period of now than its limit lets out."""
        return any(limit is not None and count > limit for _, count, limit in self.used)

    @property
    def next_word(self) -> str:
        """When the next piece goes out by the site's clock: "15:00", "Tue 10:00", "12 Dec"."""
        if self.usage.next_at is None:
            return ""
        at, now = (zones.local(one, self.site.tz) for one in (self.usage.next_at, self.now))
        days = (at.date() - now.date()).days
        if not days:
            return f"{at:%H:%M}"
        return f"{at:%a %H:%M}" if days < DAYS_WITH_NAMES else dates.short(at)

    @property
    def in_brief(self) -> list[tuple[str, int, int]]:
        """What is used of the limits that there are."""
        return [(period, count, limit) for period, count, limit in self.used if limit is not None]


def of(db: Session, member: Member, chosen: Sequence[SiteRow], now: datetime) -> list[Bar]:
    """A bar for each of the sites, the worst first, then what goes out next; one query."""
    if not chosen:
        return []
    usage = counts.usage(db, member, chosen, now)
    bars = [_bar(site, usage.get(site.id, NOTHING), now) for site in chosen]
    return sorted(bars, key=_urgency)


def _urgency(bar: Bar) -> tuple[int, datetime]:
    return -bar.matter[0], bar.usage.next_at or NEVER


def _bar(site: SiteRow, usage: Usage, now: datetime) -> Bar:
    limits = site.settings
    used = [
        ("today", usage.today, limits.daily_publish_limit),
        ("this week", usage.week, limits.weekly_publish_limit),
        ("this month", usage.month, limits.monthly_publish_limit),
    ]
    return Bar(site, usage, used, now)
