"""Two do something at the same moment: both are heard, and neither takes from the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.accounts import access
from webapp.editor import presence
from webapp.editor.models import OpenEditor
from webapp.history import looks
from webapp.publisher.planning import decisions
from webapp.writer import binned
from webapp.writer.images import Picture
from webapp.writer.models import Content, Image, MediaFile
from webapp.writer.pictures import sound
from webapp.writing.models import Look

Act = Callable[[Session], object]


def at_once(desk: Desk, first: Act, second: Act) -> list[Exception]:
    """The second begins while the first has written and not yet committed; what went wrong."""
    troubles: list[Exception] = []

    def run() -> None:
        try:
            with desk.system.db.write() as db:
                second(db)
        except Exception as problem:
            troubles.append(problem)

    other = threading.Thread(target=run)
    with desk.system.db.write() as db:
        first(db)
        db.flush()
        other.start()
        other.join(0.4)
    other.join(20)
    assert not other.is_alive()
    return troubles


@pytest.mark.both_databases
def test_two_tabs_look_at_once(desk: Desk) -> None:
    content_id = desk.write()

    def look(db: Session) -> None:
        looks.remember(db, desk.system, db.get_one(Content, content_id), by=desk.owner)

    assert at_once(desk, look, look) == []
    assert [one.version for one in desk.rows(Look)] == [1]


@pytest.mark.both_databases
def test_a_tab_says_twice_at_once_that_it_is_here(desk: Desk) -> None:
    content_id = desk.write()

    def say(db: Session) -> None:
        content = db.get_one(Content, content_id)
        presence.seen(db, desk.system, content, "tab", "Intro", by=desk.owner)

    assert at_once(desk, say, say) == []
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

    assert at_once(desk, leave, leave) == []
    assert desk.rows(OpenEditor) == []


def taking(desk: Desk, content_id: int) -> Act:
    """Gives the piece the picture that every piece here has."""

    def take(db: Session) -> None:
        content = access.get_for_update(db, desk.owner, Content, content_id)
        picture = Picture("gallery", file=sound(PNG))
        decisions.add_image(db, desk.system, content, picture, by=desk.owner)

    return take


@pytest.mark.both_databases
def test_two_pieces_take_the_same_picture(desk: Desk) -> None:
    first, second = desk.write(), desk.write()
    assert at_once(desk, taking(desk, first), taking(desk, second)) == []
    assert {one.content_id for one in desk.rows(Image)} == {first, second}
    assert len(desk.rows(MediaFile)) == 1


@pytest.mark.both_databases
def test_a_picture_that_somebody_takes_is_not_deleted_with_another_piece(desk: Desk) -> None:
    gone, kept = desk.write(), desk.write()
    desk.add_image(gone, image_type="gallery", data=PNG)
    with desk.changing(gone) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.owner)

    def empty(db: Session) -> None:
        content = binned.find(db, desk.owner, gone, desk.system.clock())
        decisions.empty(db, desk.system, content, by=desk.owner)

    assert at_once(desk, taking(desk, kept), empty) == []
    assert [one.content_id for one in desk.rows(Image)] == [kept]
    assert len(desk.rows(MediaFile)) == 1
