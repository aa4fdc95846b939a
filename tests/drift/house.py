"""A desk and its WordPress: what people do there, and what the desk finds of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.desk import Desk
from tests.support.wordpress import WordPress
from webapp.integrations import placements
from webapp.integrations.models import Placement
from webapp.publisher.delivery import drift
from webapp.publisher.records import drifts
from webapp.publisher.records.models import Drift
from webapp.writer.keeping import of_version
from webapp.writing.revisions import Version

HTML = "<p>The first paragraph.</p>\n<p>The second paragraph.</p>"
EDIT = "wp_update_post(array('ID' => $id, {}));"


@dataclass
class House:
    desk: Desk
    wp: WordPress
    integration_id: int

    def published(self, **fields: Any) -> int:
        """A piece that stands in WordPress."""
        content_id = self.desk.published(
            **({"title": "Ours", "html": HTML, "tags": [{"name": "Ours"}]} | fields)
        )
        assert self.desk.content(content_id).external_id, self.desk.records_of(content_id)[-1].error
        return content_id

    def edit(self, content_id: int, *assignments: str, then: str = "") -> None:
        """The administrator changes columns of the post there, as `'post_title' => 'Theirs'`."""
        post_id = self.desk.content(content_id).external_id
        change = EDIT.format(", ".join(assignments)) if assignments else ""
        self.wp.php(f"$id = {post_id}; wp_set_current_user(1); {change} {then}")

    def look(self) -> None:
        """As every hour."""
        drift.look_everywhere(self.desk.system)

    def found(self, content_id: int) -> Drift | None:
        """What is known of the piece."""
        with self.desk.system.db.read() as db:
            found = drifts.find(db, content_id)
            return found.drift if found else None

    def kind(self, content_id: int) -> str:
        """What is known of it in a word, which the piece has as a mark."""
        found = self.found(content_id)
        marks = self.desk.content(content_id).attention & set(drifts.KINDS)
        assert marks == ({found.kind} if found else set())
        return found.kind if found else ""

    def placement(self, content_id: int) -> Placement | None:
        with self.desk.system.db.read() as db:
            return placements.at(db, content_id, [self.integration_id])

    def before(self, content_id: int) -> Version:
        """The piece as it was one version ago."""
        with self.desk.system.db.read() as db:
            content = self.desk.content(content_id)
            found = of_version(db, content, content.version - 1)
            assert found is not None
            return found

    def post(self, content_id: int) -> dict[str, Any]:
        """The row there of what the piece is linked with."""
        post_id = self.desk.content(content_id).external_id
        return self.wp.sql(f"SELECT * FROM wp_posts WHERE ID = {post_id}")[0]
