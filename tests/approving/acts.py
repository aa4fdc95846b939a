"""Steps of a site, and who signs them."""

from __future__ import annotations

from tests.support.desk import Desk
from webapp.accounts.access import Member
from webapp.approving import lists
from webapp.approving.given import StepGiven as Step
from webapp.approving.lists import Of
from webapp.publisher.planning import decisions
from webapp.writer import contents

EDITING = Step(name="Editing")
LAST = Step(name="Last look", role="owner")


def take_steps(desk: Desk, *steps: Step, **of: str) -> None:
    with desk.system.db.write() as db:
        lists.replace(db, Of(desk.site.id, **of), steps, by=desk.owner)


def approve(desk: Desk, content_id: int, by: Member) -> int:
    """As from a page that was just opened: it names the step that it shows."""
    with desk.changing(content_id, by) as (db, content):
        step = content.approval_step + 1
        return decisions.approve(db, desk.system, content, by=by, step=step)


def stands(desk: Desk, content_id: int) -> tuple[str, int, bool]:
    """Its status, how many steps are signed, and whether its text is approved."""
    one = desk.content(content_id)
    return one.status, one.approval_step, contents.is_approved(one)
