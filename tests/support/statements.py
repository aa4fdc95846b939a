"""Databases of one test process share what SQLAlchemy has compiled, as a process of the product
keeps it from one request to the next; else each test would compile every statement anew."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import plugins
from sqlalchemy.engine import URL, CreateEnginePlugin, Engine

_NAME = "igny8_tests_shared_statements"
_OPTIONS = ("json_serializer", "json_deserializer", "paramstyle", "isolation_level")
_first: dict[tuple[object, ...], Engine] = {}


class _Shared(CreateEnginePlugin):
    """Gives each engine the dialect and the statements of the first one that is made like it."""

    def __init__(self, url: URL, kwargs: dict[str, Any]) -> None:
        # What a compiled statement depends on. JSON is what engines of the product and of its
        # migrations treat differently.
        self._key = (url.drivername, *(kwargs.get(option) for option in _OPTIONS))

    def update_url(self, url: URL) -> URL:
        return url

    def engine_created(self, engine: Engine) -> None:
        first = _first.get(self._key)
        if first is None:
            # The first that connects: that is when a dialect learns about its server.
            event.listen(engine, "connect", lambda *_: _first.setdefault(self._key, engine))
            return
        engine.dialect = engine.pool._dialect = first.dialect
        engine._compiled_cache = first._compiled_cache


def share() -> None:
    """From now on, for the engines of this process."""
    plugins.register(_NAME, __name__, _Shared.__name__)
    original = sa.create_engine

    def create_engine(url: str | URL, **options: Any) -> Engine:
        return original(url, plugins=[_NAME], **options)

    vars(sa)["create_engine"] = create_engine
