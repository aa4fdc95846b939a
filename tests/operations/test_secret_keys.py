"""Whoever starts with none of the keys that what is stored was locked with is told so."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import click
import pytest
from cryptography.fernet import Fernet

from tests.operations.holding import held, quiet
from tests.operations.test_start import igny8
from tests.support.desk import Desk
from webapp import backups, commands, doctor
from webapp.backups import keys
from webapp.config import KEY_FILE, Config
from webapp.core import system as systems
from webapp.core.errors import Conflict
from webapp.core.secrets import Secrets, key_mark
from webapp.integrations import known_keys
from webapp.integrations.models import Installation, SiteIntegration

both = pytest.mark.both_databases
OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


@pytest.fixture
def place(config: Config, tmp_path: Path) -> Config:
    """A machine of its own for the database, with nothing on it."""
    return replace(config, var=tmp_path / "place", secret_keys=(OLD,))


def with_keys(config: Config, *found: str) -> Config:
    return replace(config, secret_keys=found)


def known(config: Config) -> list[str]:
    system = systems.create(config)
    try:
        with system.db.read() as db:
            return db.query(Installation).one().key_marks
    finally:
        system.close()


def refused(config: Config) -> str:
    """What a start is told; nothing was written by it."""
    before = held(config.database_url)
    with pytest.raises(click.ClickException) as told:
        commands.migrate(config)
    assert told.value.exit_code == 1
    with pytest.raises(click.ClickException), commands.opened(config):
        pass
    assert held(config.database_url) == before
    assert not config.var.exists()
    return told.value.message


@both
def test_another_key_or_none_is_refused(place: Config) -> None:
    commands.migrate(place)
    other = refused(with_keys(place, OTHER, NEW))
    assert "IGNY8_SECRET_KEYS has none of the keys" in other
    assert key_mark(OLD) in other
    assert OTHER not in other
    gone = refused(with_keys(place))
    assert f"{place.var / KEY_FILE} is missing beside a database that has data" in gone
    for said in (other, gone):
        assert "igny8 keys forget" in said
        assert "\n" not in said


@both
def test_a_rotation_goes_over_one_process_after_the_other(place: Config) -> None:
    commands.migrate(place)
    added = with_keys(place, OLD, NEW)
    assert commands.migrate(added) == added
    assert known(place) == [key_mark(OLD)], "what only opens has locked nothing"
    commands.migrate(with_keys(place, NEW, OLD))
    assert known(place) == [key_mark(OLD), key_mark(NEW)]
    commands.migrate(place)  # an old process that ended meanwhile
    commands.migrate(with_keys(place, NEW))
    refused(with_keys(place, OTHER))
    known_keys.forget(with_keys(place, NEW))
    assert known(place) == [key_mark(NEW)]
    refused(place)


@both
def test_of_two_that_start_at_once_with_other_keys_one_goes_on(
    place: Config, tmp_path: Path
) -> None:
    """Each makes its own, as on two machines without a setting."""
    machines = [replace(place, var=tmp_path / name, secret_keys=()) for name in ("one", "two")]
    went_on: list[Config] = []
    told: list[str] = []

    def start(machine: Config) -> None:
        try:
            went_on.append(commands.migrate(machine))
        except click.ClickException as problem:
            told.append(problem.message)

    threads = [threading.Thread(target=start, args=(one,)) for one in (*machines, machines[0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [key] = {one.secret_keys for one in went_on}
    [var] = {one.var for one in went_on}
    assert (var / KEY_FILE).read_text().strip() == key[0]
    assert len(told) == 3 - len(went_on) > 0
    assert [one.var.exists() for one in machines].count(True) == 1
    assert known(went_on[0]) == [key_mark(key[0])]


@both
def test_what_was_stored_before_there_were_marks_tells_its_key(desk: Desk, place: Config) -> None:
    desk.connect()
    with desk.system.db.write() as db:
        for one in db.query(SiteIntegration):
            one.credentials = Secrets((OLD,)).encrypt({"api_key": "of a website"})
    assert "IGNY8_SECRET_KEYS has none of the keys" in refused(with_keys(place, OTHER))
    refused(with_keys(place))
    commands.migrate(with_keys(place, NEW, OLD))
    assert known(place) == [key_mark(NEW), key_mark(OLD)]
    known_keys.forget(with_keys(place, OTHER))
    commands.migrate(with_keys(place, OTHER))
    commands.migrate(place)  # its mark is gone, but it opens what is stored


@both
def test_where_people_are_already_no_key_is_made(desk: Desk, place: Config) -> None:
    """Nothing is locked yet, but the others have a key."""
    assert desk.owner
    assert "is missing beside a database that has data" in refused(with_keys(place))
    commands.migrate(place)
    assert known(place) == [key_mark(OLD)]


@both
def test_doctor_says_it_and_asks_no_website(desk: Desk, config: Config) -> None:
    integration_id = desk.connect()
    commands.migrate(config)
    for given in ((OTHER,), ()):
        with commands.opened(with_keys(config, *given), with_keys=False) as system:
            found = {one.name: one for one in doctor.examine(system)}
        assert not found["secret keys"].ok
        assert "igny8 keys forget" in found["secret keys"].message
        assert not [name for name in found if name.startswith("destination")]
    with desk.system.db.read() as db:
        assert db.get_one(SiteIntegration, integration_id).health_checked_at is None
    with commands.opened(config, with_keys=False) as system:
        found = {one.name: one for one in doctor.examine(system)}
    assert found["secret keys"].ok
    assert [name for name in found if name.startswith("destination")]


@both
def test_a_backup_goes_back_in_an_empty_place_and_with_an_older_mark(
    place: Config, tmp_path: Path
) -> None:
    own = commands.migrate(with_keys(place))
    [key] = own.secret_keys
    folder = backups.make(own, tmp_path / "backups", quiet)
    place.var.rename(tmp_path / "gone")
    backups.restore(with_keys(place), folder, quiet, keep=False)
    assert (place.var / KEY_FILE).read_text().strip() == key
    assert commands.migrate(with_keys(place)) == own
    rotated = with_keys(place, NEW, key)
    commands.migrate(rotated)
    backups.restore(rotated, folder, quiet, keep=False)
    assert known(place) == [key_mark(key)]
    commands.migrate(rotated)
    assert known(place) == [key_mark(key), key_mark(NEW)]
    with pytest.raises(Conflict, match="locked with other keys"):
        keys.that_fits(with_keys(place, NEW), folder, backups.check(own, folder, quiet))


@both
@pytest.mark.parametrize("command", ["run", "web", "worker", "backup"])
def test_each_process_is_refused_at_its_start(
    database_url: str, tmp_path: Path, command: str
) -> None:
    settings = {"IGNY8_DATABASE_URL": database_url}
    if not database_url.startswith("sqlite"):
        settings["IGNY8_QUEUE_URL"] = "redis://127.0.0.1:1"
    var = tmp_path / "first"
    assert igny8("migrate", var=var, **settings) == (0, "")
    more = ("--to", str(tmp_path / "to")) if command == "backup" else ()
    code, told = igny8(command, *more, var=tmp_path / "second", **settings)
    assert code == 1
    assert "is missing beside a database that has data" in told
    assert "Traceback" not in told
    assert list((tmp_path / "second").glob("*.key")) == []
