"""A piece with everything that a post can have, as a test wrote it: the judge's own copy."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from tests.support.desk import Desk
from webapp.writer.draft import Draft
from webapp.writer.models import Cluster, Keyword
from webapp.writer.payload import Term

HTML = r"""<!-- wp:heading {"level":2,"className":"a\u002d\u002db"} -->
<h2 class="wp-block-heading">Back\slashes \\ and "quotes" 'n' 😀 naïve — עברית</h2>
<!-- /wp:heading -->

<!-- wp:table {"hasFixedLayout":true} -->
<figure class="wp-block-table"><table class="has-fixed-layout"><thead><tr><th>A</th><th>B</th></tr>
</thead><tbody><tr><td>1 &lt; 2 &amp; 3</td><td>C:\temp\new</td></tr></tbody></table></figure>
<!-- /wp:table -->

<!-- wp:image {"sizeSlug":"full"} -->
<figure class="wp-block-image size-full"><img src="igny8:chart" alt="A &quot;chart&quot;"></figure>
<!-- /wp:image -->

<!-- wp:paragraph -->
<p><a href="https://example.com" target="_blank">link</a> %20 {{x}} $1 \1 \0 piece NUMBER</p>
<!-- /wp:paragraph -->"""


@dataclass
class Piece:
    """What a writer made. `pictures` are as in writer.images.add; `fetched` are the bytes of those
    that stand at an address."""

    title: str
    html: str = "<!-- wp:paragraph -->\n<p>Text.</p>\n<!-- /wp:paragraph -->"
    slug: str = ""
    excerpt: str = ""
    categories: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    cluster: str = ""
    keywords: list[str] = field(default_factory=list)
    focus_keywords: list[str] = field(default_factory=list)
    meta_title: str = ""
    meta_description: str = ""
    author_email: str = ""
    content_type: str = "post"
    pictures: list[dict[str, Any]] = field(default_factory=list)
    fetched: list[bytes] = field(default_factory=list)

    def draft(self, db: Session, desk: Desk) -> Draft:
        """For writer.contents.create; makes the cluster and the keywords that it names."""
        given: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "title",
                "html",
                "slug",
                "excerpt",
                "focus_keywords",
                "meta_title",
                "meta_description",
                "author_email",
                "content_type",
            )
        }
        terms = {"categories": self.categories, "tags": self.tags}
        given |= {kind: [Term(name) for name in names] for kind, names in terms.items()}
        if self.cluster:
            cluster, keyword_ids = _cluster(db, desk, self.cluster, self.keywords)
            given |= {
                "sector_id": desk.sector.id,
                "cluster_id": cluster,
                "keyword_ids": keyword_ids,
            }
        return Draft(**given)

    def files(self) -> list[str]:
        """SHA-256 of every picture that WordPress must have."""
        ours = [one["data"] for one in self.pictures if "data" in one]
        return [hashlib.sha256(data).hexdigest() for data in (*ours, *self.fetched)]


def complete(number: int, size: tuple[int, int] = (400, 300)) -> Piece:
    """A piece with something of every kind, unlike every other number's."""
    return Piece(
        title=f"Piece {number}: “quoted” & back\\slash 😀",
        html=HTML.replace("NUMBER", str(number)),
        slug=f"piece-{number}",
        excerpt=f"Excerpt {number} \\ with 😀 & more",
        categories=["News", f"R&D {number % 7}"],
        tags=["Common", f"drei ß {number % 5}", f"Own {number}"],
        cluster="Clusters & more",
        keywords=["first phrase", "second phrase"],
        focus_keywords=["first \\ word", "second"],
        meta_title=f'A "meta" \\ title {number}',
        meta_description=f"A description & more {number}",
        pictures=[
            {
                "image_type": "featured",
                "data": png(number, 1, size),
                "filename": f"head-{number}.png",
                "alt": "Alt \\ 😀",
                "caption": "Caption",
            },
            {"image_type": "in_article", "ref": "chart", "data": png(number, 2, size)},
            *(
                {"image_type": "gallery", "data": png(number, 3 + n, size), "alt": f"Gallery {n}"}
                for n in range(3)
            ),
        ],
    )


def png(number: int, kind: int, size: tuple[int, int] = (400, 300)) -> bytes:
    """A PNG that differs by number and kind."""
    width, height = size
    row = b"\0" + bytes((number % 256, number // 256 % 256, kind)) * width
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    body = name + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _cluster(db: Session, desk: Desk, name: str, phrases: list[str]) -> tuple[int, list[int]]:
    owned = {"account_id": desk.site.account_id, "site_id": desk.site.id}
    found = db.query(Cluster).filter_by(sector_id=desk.sector.id, name=name).one_or_none()
    if found is None:
        found = Cluster(**owned, sector_id=desk.sector.id, name=name, slug="clusters-more")
        db.add(found)
        db.flush()
        db.add_all(Keyword(**owned, cluster_id=found.id, phrase=phrase) for phrase in phrases)
        db.flush()
    rows = db.query(Keyword).filter_by(cluster_id=found.id).order_by(Keyword.id)
    return found.id, [row.id for row in rows]
