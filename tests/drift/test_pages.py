"""The list and the page of a piece: what they show, and that their buttons do it."""

from __future__ import annotations

from typing import Any

from tests.drift.house import House

PARAGRAPH = (
    "'post_content' => \"<p>The first paragraph, theirs.</p>\\n<p>The second paragraph.</p>\""
)


def test_the_list_has_each_kind_and_the_page_shows_what_differs(house: House, client: Any) -> None:
    edited, gone = house.published(title="A piece"), house.published(title="Another")
    house.edit(edited, "'post_title' => 'Theirs'", PARAGRAPH)
    house.edit(gone, then="wp_delete_post($id, true);")
    house.desk.edit(edited, excerpt="Changed here", keep_approved=True)
    house.look()
    listed = client.get("/publisher/drift").text
    for text in ("A piece", "Another", "Edited on the website", "Deleted on the website"):
        assert text in listed
    only = client.get("/publisher/drift?kind=gone").text
    assert ("Another" in only, "A piece" in only) == (True, False)
    page = client.get(f"/content/{edited}/drift").text
    for text in ("<ins>Theirs</ins>", "Paragraph 1", "changed there", "changed here", "as sent"):
        assert text in page
    assert "There is no such post any more." in client.get(f"/content/{gone}/drift").text
    assert "See what differs" in client.get(f"/content/{edited}/panel?home=content").text
    with house.desk.browser(house.desk.viewer) as viewer:
        shown = viewer.get(f"/content/{edited}/drift")
        assert (shown.status_code, "data-accept" in shown.text) == (200, False)
    with house.desk.browser(house.desk.stranger) as stranger:
        assert stranger.get(f"/content/{edited}/drift").status_code == 404
        assert "A piece" not in stranger.get("/publisher/drift").text


def test_the_buttons_do_what_they_say(house: House, client: Any) -> None:
    content_id = house.published(title="A piece")
    house.edit(content_id, "'post_title' => 'Theirs'")
    client.post(f"/content/{content_id}/drift/look")
    found = house.found(content_id)
    assert found is not None
    wrong = client.post(f"/content/{content_id}/drift/acceptance", data={"over": "f" * 64})
    assert (wrong.status_code, "That was not done" in wrong.text) == (409, True)
    chosen = {"over": found.over, "take_title": "there"}
    client.post(f"/content/{content_id}/drift/acceptance", data=chosen)
    assert (house.desk.content(content_id).title, house.kind(content_id)) == ("Theirs", "")
    assert "It stands as it was left" in client.get(f"/content/{content_id}/drift").text
    refused = client.post(f"/content/{content_id}/drift/relinking", data={"post": "999999999"})
    assert (refused.status_code, "999999999" in refused.text) == (409, True)
