"""What the tests of the editor do as a page of it."""

from __future__ import annotations

from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.writer.models import Cluster, Keyword

Client = TestClient[Litestar]


def cluster(desk: Desk, *phrases: str, name: str = "Boats") -> tuple[int, list[int]]:
    """A cluster with a keyword for each phrase, in their order: its id and theirs."""
    home = {"account_id": desk.site.account_id, "site_id": desk.site.id}
    with desk.system.db.write() as db:
        made = Cluster(**home, sector_id=desk.sector.id, name=name, slug=name.lower())
        db.add(made)
        db.flush()
        words = [Keyword(**home, cluster_id=made.id, phrase=one) for one in phrases]
        for one in words:
            db.add(one)
            db.flush()
        return made.id, [one.id for one in words]


def opened(client: Client, content_id: int) -> dict[str, Any]:
    """The piece as a page begins with it."""
    answer = client.get(f"/content/{content_id}/draft")
    assert answer.status_code == 200
    return dict(answer.json())


def send(client: Client, content_id: int, **sent: Any) -> Response:
    """A save; `fields` by name with what each is to be and was."""
    fields = {name: {"to": to, "was": was} for name, (to, was) in sent.pop("fields", {}).items()}
    return client.post(f"/content/{content_id}/draft", json={**sent, "fields": fields})


def saved(client: Client, content_id: int, **sent: Any) -> dict[str, Any]:
    """The same, which is taken."""
    answer = send(client, content_id, **sent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
