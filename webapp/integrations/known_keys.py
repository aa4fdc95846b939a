"""Whether a process has a key that what is stored was locked with.

The installation knows by their marks the keys that were in use: each that was the first of its
setting at a start. A process that has none of them could open nothing, and would lock what the
others cannot open; it is refused. What is stored may prove a key, too: no mark is asked for then.
"""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from webapp.accounts.models import Account
from webapp.config import KEY_FILE, Config
from webapp.core import connecting, migrate, secret_files
from webapp.core.errors import Conflict
from webapp.core.secrets import Secrets, key_mark
from webapp.integrations.models import Installation, SiteIntegration

_LOST = (
    "say `igny8 keys forget`: the connections of websites then need new keys. Nothing was changed."
)


def refusal(connection: sa.Connection, config: Config) -> str:
    """Why nobody may work on this database with these keys; "" where one may. The schema may be of
    any release, or not there yet."""
    tables = set(sa.inspect(connection).get_table_names())
    known = _known(connection) if Installation.__tablename__ in tables else []
    stored = _stored(connection) if SiteIntegration.__tablename__ in tables else []
    if set(known) & set(marks(config)) or any(_opens(config, one) for one in stored):
        return ""
    if config.secret_keys:
        return _of_others(config, known) if known or stored else ""
    is_used = Account.__tablename__ in tables and connection.scalar(
        sa.select(sa.exists(sa.select(Account.id)))
    )
    return _is_missing(config) if known or stored or is_used else ""


def check(config: Config) -> None:
    """Raises Conflict where these keys are refused, or the schema is of a release too new to be
    asked; nothing is written."""
    if migrate.state(config.database_url).there is None:
        return
    with connecting.unpooled(config.database_url).connect() as connection:
        said = refusal(connection, config)
    if said:
        raise Conflict(said)


def ready(config: Config) -> Config:
    """The settings with the keys of this installation, on the newest schema. It makes a key where
    there is none yet, and knows those in use from then on. Raises Conflict, and has written
    nothing, where the keys are refused."""
    with migrate.lock(config.database_url):
        found = _with_own(config)  # which another process may just have made
        check(found)
        migrate.upgrade_alone(config.database_url)
        if not found.secret_keys:
            made = secret_files.made(config.var / KEY_FILE)
            found = replace(found, secret_keys=(made,))
        _remember(found)
    return found


def forget(config: Config) -> list[str]:
    """A person says that keys which are not set here are lost, or not to be used any more. The
    marks of those. Raises Conflict where none is set."""
    if not config.secret_keys:
        raise Conflict(_is_missing(config))
    with migrate.lock(config.database_url):
        migrate.upgrade_alone(config.database_url)
        with connecting.unpooled(config.database_url).begin() as connection:
            gone = [one for one in _known(connection) if one not in marks(config)]
            _write(connection, marks(config))
    return gone


def standing(config: Config) -> list[str]:
    """A line for each key that is set here or was in use, and of what none of them opens."""
    ours = marks(config)
    with connecting.unpooled(config.database_url).connect() as connection:
        known, stored = _known(connection), _stored(connection)
    said = [f"{one}: set here{_part(one, ours, known)}" for one in ours]
    said += [f"{one}: was in use, and is not set here" for one in known if one not in ours]
    locked = sum(not _opens(config, one) for one in stored)
    return [*said, f"{locked} of {len(stored)} stored keys of connections cannot be opened."]


def _part(mark: str, ours: list[str], known: list[str]) -> str:
    first = ", locks what is written" if mark == ours[0] else ""
    return first + (", was in use" if mark in known else "")


def _with_own(config: Config) -> Config:
    if config.secret_keys:
        return config
    own = secret_files.kept(config.var / KEY_FILE)
    return replace(config, secret_keys=(own,)) if own else config


def _remember(config: Config) -> None:
    """The first key locks what is written from now on. Where none was known yet, the others may
    have done so before."""
    ours = marks(config)
    with connecting.unpooled(config.database_url).begin() as connection:
        known = _known(connection)
        new = [one for one in (ours[:1] if known else ours) if one not in known]
        if new:
            _write(connection, [*known, *new])


def _known(connection: sa.Connection) -> list[str]:
    """The marks; none where the schema has no place for them yet."""
    columns = sa.inspect(connection).get_columns(Installation.__tablename__)
    if not any(one["name"] == Installation.key_marks.name for one in columns):
        return []
    return list(connection.scalars(sa.select(Installation.key_marks)).one())


def _write(connection: sa.Connection, marks: list[str]) -> None:
    connection.execute(sa.update(Installation).values(key_marks=marks))


def _stored(connection: sa.Connection) -> list[str]:
    column = SiteIntegration.credentials
    return list(connection.scalars(sa.select(column).where(column != "")))


def _opens(config: Config, stored: str) -> bool:
    return Secrets(config.secret_keys).opens(stored)


def marks(config: Config) -> list[str]:
    """By which the keys that are set here are known, without being told."""
    return [key_mark(key) for key in config.secret_keys]


def _of_others(config: Config, known: list[str]) -> str:
    used = f" (known by {', '.join(known)})" if known else ""
    return (
        f"IGNY8_SECRET_KEYS has none of the keys that the database {_database(config)} was used "
        f"with{used}. Set the one that its other processes have; a new one goes in front of it, "
        f"IGNY8_SECRET_KEYS=<new>,<old>. If it is lost, {_LOST}"
    )


def _is_missing(config: Config) -> str:
    path = config.var / KEY_FILE
    return (
        f"{path} is missing beside a database that has data, {_database(config)}, and "
        "IGNY8_SECRET_KEYS is not set; the stored connection keys cannot be opened. Put the file "
        "back from a backup, or set IGNY8_SECRET_KEYS as the other processes have it. If the key "
        f"is lost, make one, `igny8 new-key > {path}`, and {_LOST}"
    )


def _database(config: Config) -> str:
    return sa.make_url(config.database_url).set(drivername=_kind(config)).render_as_string()


def _kind(config: Config) -> str:
    return "sqlite" if config.is_sqlite else "postgresql"
