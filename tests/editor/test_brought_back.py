"""A change that was thrown away comes back, whatever has become of the piece meanwhile."""

from __future__ import annotations

import sqlalchemy as sa

from tests.editor.conftest import Client, cluster, opened, saved
from tests.support.desk import Desk
from webapp.writer.models import Cluster, Keyword

FIRST, SECOND = "<p>First change.</p>", "<p>Second change, an hour of work.</p>"


def throw_away(client: Client, content_id: int) -> int:
    """The version that the change is kept as."""
    version = opened(client, content_id)["version"]
    page = client.post(f"/content/{content_id}/edit/discard", data={"version": version})
    return int(str(page.url.query, "ascii").removeprefix("discarded="))


def test_what_lies_beside_the_piece_by_then_is_kept_too(desk: Desk, client: Client) -> None:
    content_id = desk.approved()
    home = f"/content/{content_id}/revisions"
    saved(client, content_id, version=opened(client, content_id)["version"], html=FIRST)
    kept = throw_away(client, content_id)
    with desk.browser(desk.teammate) as other:
        begun = opened(other, content_id)
        title = {"title": ("Theirs", begun["fields"]["title"])}
        saved(other, content_id, version=begun["version"], html=SECOND, fields=title)
    page = client.post(f"{home}/{kept}/restoration").text
    now = opened(client, content_id)
    assert (now["html"], now["fields"]["title"]) == (FIRST, begun["fields"]["title"])
    assert "What lay beside the piece until now is kept as version 4" in page
    page = client.post(f"{home}/4/restoration").text
    now = opened(client, content_id)
    assert (now["html"], now["fields"]["title"]) == (SECOND, "Theirs")


def test_what_is_gone_by_then_is_named_and_the_rest_comes_back(desk: Desk, client: Client) -> None:
    boats, words = cluster(desk, "sail", "mast")
    content_id = desk.approved()
    begun = opened(client, content_id)
    fields = {"cluster_id": (str(boats), ""), "keyword_ids": (f"{words[0]}\n{words[1]}", "")}
    saved(client, content_id, version=begun["version"], html=FIRST, fields=fields)
    kept = throw_away(client, content_id)
    with desk.system.db.write() as db:
        db.execute(sa.delete(Keyword))
        db.execute(sa.delete(Cluster))
    answer = client.post(f"/content/{content_id}/revisions/{kept}/restoration")
    assert answer.status_code == 200
    assert "The cluster that it had is gone" in answer.text
    assert "Of its keywords 2 are gone" in answer.text
    assert opened(client, content_id)["html"] == FIRST
