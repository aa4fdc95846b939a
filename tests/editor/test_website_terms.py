"""Writers choose from what the website has: its terms with their own slugs, and its authors."""

from __future__ import annotations

from datetime import UTC, datetime

from litestar import Litestar
from litestar.testing import TestClient

from tests.editor.conftest import opened, saved
from tests.support.desk import Desk
from webapp.integrations import structure
from webapp.integrations.models import SiteIntegration
from webapp.integrations.structure import Author, SiteTermLine, Structure, TermPage

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_terms_and_authors_of_the_website(client: TestClient[Litestar], desk: Desk) -> None:
    integration_id = desk.connect("wordpress", "https://gazette.example")
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        people = [Author(3, "Anna Adler", "anna@gazette.example")]
        structure.keep(db, desk.system, integration, Structure({}, {}, AT, authors=people))
        terms = [
            SiteTermLine("category", 7, "World", "ressort-welt"),
            SiteTermLine("category", 8, "Азия", "%d0%b0%d0%b7%d0%b8%d1%8f", parent=7, count=9),
            SiteTermLine("product_cat", 9, "Jars", "jars"),
        ]
        structure.keep_terms(db, integration, TermPage(AT, terms))
    content_id = desk.write(categories=[{"name": "News"}])
    page = client.get(f"/content/{content_id}/edit").text
    for shown in ("News", "World", "World › Азия"):
        assert f'<option value="{shown}"></option>' in page
    assert "Jars" not in page
    assert '<option value="anna@gazette.example">Anna Adler</option>' in page

    fields = {
        "categories": ("News\nWorld › Азия", opened(client, content_id)["fields"]["categories"])
    }
    assert saved(client, content_id, version="1", fields=fields)["wrong"] == {}
    read = client.get(f"/api/v1/writer/content/{content_id}").json()["data"]["categories"]
    assert [(one["slug"], one.get("parent_name")) for one in read][1] == ("азия", "World"), read
