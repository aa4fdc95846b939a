"""Approval in steps on pages: of a site, and of a piece."""

from __future__ import annotations

import pytest

from tests.approving.acts import approve, stands
from tests.support.desk import Desk

pytestmark = pytest.mark.both_databases


def test_the_panel_says_what_changed_since_it_was_approved(desk: Desk) -> None:
    html = "<p>The first one.</p><p>Olives are picked in autumn.</p>"
    piece = desk.write(html=html)
    desk.approve(piece)
    desk.edit(piece, html=html.replace("in autumn", "in late autumn"))
    with desk.browser(desk.teammate) as client:
        page = client.get(f"/content/{piece}").text
        assert "Changed since it was approved: paragraph 2, 1 word." in " ".join(page.split())
        desk.approve(piece)
        assert "Changed since it was approved" not in client.get(f"/content/{piece}").text


def test_the_page_of_a_sites_steps(desk: Desk) -> None:
    address = f"/settings/sites/{desk.site.id}/approval"
    with desk.browser(desk.owner) as client:
        assert "There are no steps" in client.get(address).text
        fields = {"name-0": "Editing", "role-0": "editor", "name-1": "Legal", "needed-1": "x"}
        refused = client.post(address, data=fields)
        assert refused.status_code == 422
        assert "Write a whole number." in refused.text
        both = client.post(address, data={**fields, "survives_edits-1": "yes"}).text
        assert "Write a whole number." in both, "all that is wrong is told at once"
        assert "The last step is signed anew" in both
        assert 'value="Legal"' in refused.text
        kept = client.post(address, data={**fields, "needed-1": "1", "role-1": "owner"})
        assert "Saved." in kept.text
        piece = desk.write()
        page = client.get(f"/content/{piece}").text
        assert "Sign “Editing”" in page
        approve(desk, piece, desk.teammate)
        assert "1 of 2 steps signed" in client.get("/review").text
        for hostile in (
            {"name-0": "Editing", "name-1": "", "role-1": "owner", "not_own-1": "yes"},
            {"name-0": "Editing", "people-0": "abc"},
            {f"name-{number}": f"Step {number}" for number in (*range(10), 99999)},
        ):
            assert client.post(address, data=hostile).status_code == 422
        client.post(address, data={"name-0": ""})
        assert "There are no steps" in client.get(address).text
        api = f"/api/v1/sites/{desk.site.id}/approval-lists"
        for wrong in ("content_type", "source"):
            given = {wrong: "no-such", "steps": [{"name": "Legal"}]}
            said = client.put(api, json=given)
            assert (said.status_code, list(said.json()["error"]["fields"])) == (422, [wrong])
    with desk.browser(desk.viewer) as client:
        assert client.get(address).status_code == 200
        assert client.post(address, data={"name-0": "Mine"}).status_code == 403


def test_publish_is_offered_where_it_is_the_last_signature_and_is_it(
    desk: Desk, piece: int
) -> None:
    with desk.browser(desk.owner) as client:
        button = f'id="publish-{piece}"'
        assert button not in client.get(f"/content/{piece}").text
        approve(desk, piece, desk.owner)
        assert button in client.get(f"/content/{piece}").text
        form = {"home": "content", "version": "1", "step": "2"}
        client.post(f"/content/{piece}/publication", data=form)
    assert stands(desk, piece) == ("approved", 2, True)
    assert len(desk.records_of(piece)) == 1
    approve(desk, other := desk.write(), desk.owner)
    with desk.browser(desk.teammate) as client:
        assert f'id="publish-{other}"' not in client.get(f"/content/{other}").text
