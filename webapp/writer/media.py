"""The bytes of pictures: kept as long as a piece has them, has had them, or is to have them.

A picture that was put away has its row still: so a version of before can be restored.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.clock import utc_now
from webapp.writer.models import Content, Image, MediaFile, WorkingChange
from webapp.writer.pictures import Sound

# What is said of a picture, by column.
SAID = ("ref", "image_type", "image_url", "sha256", "filename", "alt", "caption")


def store(db: Session, account_id: int, picture: Sound) -> None:
    """Keep the bytes once per account. They stay as long as this transaction lasts."""
    shas = {picture.sha256}
    if not held(db, account_id, shas):
        row = {
            "account_id": account_id,
            "sha256": picture.sha256,
            "media_type": picture.media_type,
            "size": len(picture.data),
            "data": picture.data,
        }
        dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
        db.execute(dialect.insert(MediaFile).values(row).on_conflict_do_nothing())
        held(db, account_id, shas)


def put_away(db: Session, content: Content, pictures: list[dict[str, str]]) -> None:
    """Keep the bytes of these, as images.listed gives them, for a version that the piece is not."""
    had = db.scalars(sa.select(Image.sha256).where(Image.content_id == content.id))
    known = {*had, ""}
    for one in pictures:
        if one["sha256"] not in known:
            whose = {"account_id": content.account_id, "site_id": content.site_id}
            said = {name: one[name] for name in SAID}
            db.add(Image(**whose, **said, content_id=content.id, deleted_at=utc_now()))
    db.flush()


def forget(db: Session, account_id: int, shas: set[str]) -> None:
    """Drop those of the bytes that no piece has, has had, or is to have."""
    # Whoever takes one of them at this moment is waited for, and seen then.
    db.execute(_files(account_id, shas).order_by(MediaFile.id).with_for_update())
    of_account = sa.select(Image.sha256).where(Image.account_id == account_id)
    used = set(db.scalars(of_account.where(Image.sha256.in_(shas))))
    typed = sa.cast(WorkingChange.fields, sa.Text)
    for one in shas - used:
        wanted = sa.select(WorkingChange.id).where(
            WorkingChange.account_id == account_id, typed.contains(one)
        )
        if db.scalar(wanted.limit(1)) is None:
            bytes_of = sa.delete(MediaFile).where(MediaFile.account_id == account_id)
            db.execute(bytes_of.where(MediaFile.sha256 == one))


def leave(db: Session, image: Image) -> None:
    """What the image was so far is put away: the piece's versions have its bytes."""
    if not image.sha256:
        return
    old = Image(
        account_id=image.account_id,
        site_id=image.site_id,
        content_id=image.content_id,
        deleted_at=utc_now(),
        **{name: getattr(image, name) for name in SAID},
    )
    db.add(old)


def held(db: Session, account_id: int, shas: set[str]) -> set[str]:
    """Those of which somebody has the bytes. They stay as long as this transaction lasts."""
    query = _files(account_id, shas).order_by(MediaFile.id)
    return set(db.scalars(query.with_for_update(read=True, key_share=True)))


def _files(account_id: int, shas: set[str]) -> sa.Select[str]:
    of_account = MediaFile.account_id == account_id
    return sa.select(MediaFile.sha256).where(of_account, MediaFile.sha256.in_(shas))
