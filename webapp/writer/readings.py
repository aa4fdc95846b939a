"""What a text's facts are, found once for each version and kept.

Reading a text takes up to a third of a second, so it is done before a transaction begins
(`prepare`), and what was found is stored with the piece.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import decoders
from webapp.writer import allowed, markup
from webapp.writer.markup import Facts
from webapp.writer.models import Content, TextFacts

# Grows when texts are read in another way: what was kept is then found anew.
EDITION = 2
_MOST_KNOWN = 256
_known: OrderedDict[str, Facts] = OrderedDict()
_turn = threading.Lock()


def of(html: str) -> Facts:
    """The facts of a text; what was read lately is known."""
    return _of(_mark(html), html)


def prepare(html: str) -> None:
    """Read the text now, so that a transaction that begins later need not."""
    of(html)


def kept(db: Session, content: Content) -> Facts:
    """The facts of the piece's text as it stands now."""
    mark = _mark(content.html)
    row = db.execute(
        sa.select(TextFacts.mark, TextFacts.facts).where(TextFacts.content_id == content.id)
    ).one_or_none()
    if row is not None and row.mark == mark:
        return _remember(mark, decoders.convert(row.facts, Facts))
    return _of(mark, content.html)


def keep(db: Session, content: Content) -> Facts:
    """The same, stored for whoever looks next."""
    mark = _mark(content.html)
    row = db.scalars(sa.select(TextFacts).where(TextFacts.content_id == content.id)).one_or_none()
    if row is not None and row.mark == mark:
        return decoders.convert(row.facts, Facts)
    found = _of(mark, content.html)
    if row is None:
        row = TextFacts(account_id=content.account_id, content_id=content.id)
        db.add(row)
    row.mark, row.facts = mark, msgspec.to_builtins(found)
    return found


def _of(mark: str, html: str) -> Facts:
    with _turn:
        found = _known.get(mark)
        if found is not None:
            _known.move_to_end(mark)
            return found
    return _remember(mark, markup.facts(html))


def _remember(mark: str, found: Facts) -> Facts:
    with _turn:
        _known[mark] = found
        while len(_known) > _MOST_KNOWN:
            _known.popitem(last=False)
    return found


def _mark(html: str) -> str:
    """Stands for a text, how it is read, and what is allowed in it."""
    policy = allowed.current()
    lists = sorted(policy.link_schemes), sorted(policy.embed_hosts), policy.only_listed_embeds
    return hashlib.sha256(f"{EDITION} {lists}\x00{html}".encode()).hexdigest()
