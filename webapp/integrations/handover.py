"""Connecting a website through its own page: a person lets us in there, and the key is brought."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.core import decoders, labels
from webapp.core.clock import iso
from webapp.core.errors import Conflict
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import fetching, keys, registry
from webapp.integrations.models import SiteIntegration
from webapp.integrations.platform import Grant, Granting, Step

PURPOSE = "handover"
# So long a person may take at the website.
OPEN_FOR = timedelta(minutes=30)
# In a connection's config: the steps of the last one, and how long they are shown.
STEPS, SHOWN_FOR = "handover", timedelta(hours=1)


def begin(system: System, integration: SiteIntegration, user_id: int) -> str:
    """The website's page on which this person lets us in. Raises Conflict where it has none. No
    transaction may be open: the website is asked."""
    until = int((system.clock() + OPEN_FOR).timestamp())
    token = system.secrets.sign(PURPOSE, _said(integration.id, user_id, until))
    path = f"/settings/integrations/{integration.id}/handover?state={until}.{token}"
    back = f"{system.config.public_url}{path}"
    return _granting(integration).page(system, integration.base_url, back)


def check(system: System, integration_id: int, user_id: int, state: str) -> None:
    """Raise Conflict unless this person began it here, and not long ago."""
    until, _, token = state.partition(".")
    digits = until if until.isascii() and until.isdigit() and len(until) < 12 else "0"
    is_ours = system.secrets.signed(PURPOSE, _said(integration_id, user_id, int(digits)), token)
    if not is_ours or int(digits) < system.clock().timestamp():
        raise Conflict("This was begun too long ago, or by somebody else. Press Connect once more.")


def finish(system: System, integration_id: int, grant: Grant | None) -> None:
    """Bring the key, ask the website for its structure, and keep what came of each step; None: the
    person has let nobody in. No transaction may be open: the website is asked."""
    if grant is None:
        steps = [Step(False, "WordPress was told not to let IGNY8 in. Nothing was changed.")]
    else:
        steps = [*_bring(system, integration_id, grant)]
    system.commits.run(lambda db: _keep(db, system, integration_id, steps))


def steps(integration: SiteIntegration, now: datetime) -> list[Step]:
    """What came of the last one, for as long as it is news."""
    kept = integration.config_json.get(STEPS)
    if not isinstance(kept, dict) or decoders.convert(kept["at"], datetime) < now - SHOWN_FOR:
        return []
    return [Step(bool(one["is_done"]), str(one["said"])) for one in kept["steps"]]


def _said(integration_id: int, user_id: int, until: int) -> str:
    return f"{integration_id} {user_id} {until}"


def _granting(integration: SiteIntegration) -> Granting:
    kind = registry.of(integration.platform)
    if kind.granting is None or not integration.base_url:
        raise Conflict(f"{kind.title} has no page on which somebody lets us in.")
    return kind.granting


def _bring(system: System, integration_id: int, grant: Grant) -> list[Step]:
    with system.db.read() as db:
        integration = db.get_one(SiteIntegration, integration_id)
    try:
        key = system.commits.run(lambda db: _key(db, system, integration_id))
    except Unreadable:
        return [Step(False, "The key of this connection cannot be opened. Make a new one.")]
    hand_over = _granting(integration).hand_over
    found = [*hand_over(system, integration.base_url, grant, key, system.config.public_url)]
    if all(one.is_done for one in found):
        found.append(_structure(system, integration_id))
    return found


def _key(db: Session, system: System, integration_id: int) -> str:
    """The connection's key; a new one only where it has none, for the one that works must go on."""
    integration = db.get_one(SiteIntegration, integration_id, with_for_update=True)
    return keys.opened(system, integration).get("api_key") or keys.rotate(db, system, integration)


def _structure(system: System, integration_id: int) -> Step:
    try:
        terms = fetching.fetch(system, integration_id)
    except Conflict as problem:
        return Step(False, f"The website did not tell what it is made of: {problem.message}")
    return Step(
        True, f"The website has told what it is made of, with {labels.counted(terms, 'term')}."
    )


def _keep(db: Session, system: System, integration_id: int, steps: list[Step]) -> None:
    integration = db.get_one(SiteIntegration, integration_id, with_for_update=True)
    told = [{"is_done": one.is_done, "said": one.said} for one in steps]
    kept = {"at": iso(system.clock()), "steps": told}
    integration.config_json = {**integration.config_json, STEPS: kept}
    system.notices.send(db, integration.account_id, "integration", integration.id)
