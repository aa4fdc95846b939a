"""Texts as they are kept: packed, and once per account however many versions have them."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.writing.models import Revision, Text


class _Packed(NamedTuple):
    sha256: str
    length: int
    packed: bytes


def prepare(html: str) -> None:
    """Pack the text now, so that a transaction that begins later need not."""
    _pack(html)


@lru_cache(maxsize=16)
def _pack(html: str) -> _Packed:
    source = html.encode()
    return _Packed(hashlib.sha256(source).hexdigest(), len(source), zlib.compress(source))


def sha256(html: str) -> str:
    """By what a text is known."""
    return _pack(html).sha256


def store(db: Session, account_id: int, html: str) -> int:
    """Keep the text; its id. The row stays as long as this transaction lasts."""
    packed = _pack(html)
    found = (
        sa.select(Text.id)
        .where(Text.account_id == account_id, Text.sha256 == packed.sha256)
        .with_for_update(read=True, key_share=True)
    )
    known = db.scalar(found)
    if known is None:
        dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
        row = {"account_id": account_id, **packed._asdict()}
        db.execute(dialect.insert(Text).values(row).on_conflict_do_nothing())
        known = db.scalars(found).one()
    return known


def ids_of(account_id: int, html: str) -> sa.Select[int]:
    """Asks for the id of exactly this text, where it is kept."""
    return sa.select(Text.id).where(
        Text.account_id == account_id, Text.sha256 == _pack(html).sha256
    )


def read(db: Session, text_id: int) -> str:
    """The text, byte for byte."""
    packed = db.scalars(sa.select(Text.packed).where(Text.id == text_id)).one()
    return zlib.decompress(packed).decode()


def forget(db: Session, ids: Collection[int]) -> None:
    """Drop those of these texts that no version has any more."""
    is_used = sa.exists().where(Revision.text_id == Text.id)
    db.execute(sa.delete(Text).where(Text.id.in_(ids), ~is_used))
