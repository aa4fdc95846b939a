"""A row that names no zone is UTC for planner and pages alike, and doctor tells."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from tests.support.desk import Desk
from webapp import doctor
from webapp.accounts.models import Site
from webapp.core import labels, zones
from webapp.core.zones import Moment

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


def test_an_unknown_zone_is_utc_everywhere_and_doctor_names_its_site(desk: Desk) -> None:
    with desk.system.db.write() as db:
        db.execute(sa.update(Site).values(timezone="Mars/Olympus"))

    place = zones.zone("Mars/Olympus")
    assert zones.instant(NOON.replace(tzinfo=None), place) == Moment(
        NOON, NOON.replace(tzinfo=None)
    )
    assert labels.zone_note(NOON, "Mars/Olympus") == "Mars/Olympus, UTC+00:00"
    [told] = [one for one in doctor.examine(desk.system) if one.name == "time zones"]
    assert not told.ok
    assert "Mars/Olympus" in told.message


def test_doctor_is_content_with_known_zones(desk: Desk) -> None:
    [told] = [one for one in doctor.examine(desk.system) if one.name == "time zones"]
    assert told.ok
