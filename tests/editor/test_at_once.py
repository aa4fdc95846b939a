"""Two tabs of one person say the same at the same moment: both are heard."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.desk import Desk
from webapp.editor import presence
from webapp.editor.models import OpenEditor
from webapp.history import looks
from webapp.writer.models import Content
from webapp.writing.models import Look

Act = Callable[[Session], object]


def twice_at_once(desk: Desk, act: Act) -> list[Exception]:
    """The second begins while the first has written and not yet committed; what went wrong."""
    troubles: list[Exception] = []

    def run() -> None:
        try:
            with desk.system.db.write() as db:
                act(db)
        except Exception as problem:
            troubles.append(problem)

    second = threading.Thread(target=run)
    with desk.system.db.write() as db:
        act(db)
        db.flush()
        second.start()
        second.join(0.4)
    second.join(20)
    assert not second.is_alive()
    return troubles


@pytest.mark.both_databases
def test_two_tabs_look_at_once(desk: Desk) -> None:
    content_id = desk.write()

    def look(db: Session) -> None:
        looks.remember(db, desk.system, db.get_one(Content, content_id), by=desk.owner)

    assert twice_at_once(desk, look) == []
    assert [one.version for one in desk.rows(Look)] == [1]


@pytest.mark.both_databases
def test_a_tab_says_twice_at_once_that_it_is_here(desk: Desk) -> None:
    content_id = desk.write()

    def say(db: Session) -> None:
        content = db.get_one(Content, content_id)
        presence.seen(db, desk.system, content, "tab", "Intro", by=desk.owner)

    assert twice_at_once(desk, say) == []
    assert [one.place for one in desk.rows(OpenEditor)] == ["Intro"]


@pytest.mark.both_databases
def test_a_tab_is_closed_twice_at_once(desk: Desk) -> None:
    content_id = desk.write()
    with desk.system.db.write() as db:
        content = db.get_one(Content, content_id)
        presence.seen(db, desk.system, content, "tab", "", by=desk.owner)

    def leave(db: Session) -> None:
        content = db.get_one(Content, content_id)
        presence.left(db, desk.system, content, "tab", by=desk.owner)

    assert twice_at_once(desk, leave) == []
    assert desk.rows(OpenEditor) == []
