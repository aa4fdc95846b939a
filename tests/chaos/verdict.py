"""What is true after the storm, by WordPress's database and by our own rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.chaos.storm import Storm
from tests.destinations.judge import Website, complaints
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.models import Content


@dataclass
class Verdict:
    """All numbers that must be 0 are in `wrong`; `lines` say what is wrong in words."""

    posts: int = 0
    attempts: int = 0
    most_attempts: int = 0
    records: dict[str, int] = field(default_factory=dict)
    site_status: dict[str, int] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not any(self.wrong.values()) and not self.lines


def judge(storm: Storm) -> Verdict:
    """Look at everything once more, and compare with what was written."""
    product, website = storm.product, Website(storm.wp)
    contents = {row.id: row for row in product.desk.rows(Content)}
    records = product.desk.rows(PublishingRecord)
    last = {record.content_id: record for record in records}
    hashes = {content_id: last[content_id].content_hash for content_id in storm.pieces}
    counts = {
        content_id: len(website.by_content.get(content_id, [])) for content_id in storm.pieces
    }
    verdict = Verdict(
        posts=sum(
            1
            for row in website.posts.values()
            if row["post_type"] == "post" and row["post_status"] == "publish"
        )
        - 1,
        attempts=sum(record.attempt for record in records),
        most_attempts=max(record.attempt for record in records),
        records=product.tally(PublishingRecord.status),
        site_status=product.tally(Content.site_status),
        lines=complaints(website, storm.pieces, hashes),
    )
    for content_id, content in contents.items():
        if counts[content_id] == 1 and content.external_id != str(
            website.by_content[content_id][0]
        ):
            verdict.lines.append(f"content {content_id}: the link names {content.external_id}")
        if (content.status, content.published_hash) != ("published", content.content_hash):
            verdict.lines.append(f"content {content_id} is {content.status}")
    counted = product.desk.integration().posts_published_count
    if counted != len(storm.pieces):
        verdict.lines.append(f"{counted} publications were counted")
    log = storm.wp.debug_log()
    if log:
        verdict.lines.append(f"WordPress complained: {log[-500:]}")
    about = {line.split(":")[0] for line in verdict.lines if line.startswith("content ")}
    verdict.wrong = {
        "duplicates": sum(number > 1 for number in counts.values()),
        "lost": sum(number == 0 for number in counts.values()),
        "half": len(about),
        "not published": sum(record.status != "published" for record in records),
        "unknown": product.active() + len(product.desk.rows(UndoAction)),
        "too many or few posts": abs(verdict.posts - len(storm.pieces)),
    }
    return verdict
