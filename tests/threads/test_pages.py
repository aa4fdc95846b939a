"""Saying something on the pages, with and without a script."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.writer.models import ContentShare
from webapp.writing.models import Remark, Thread

Client = TestClient[Litestar]
HTMX = {"HX-Request": "true"}


def say(client: Client, content_id: int, text: str, **more: str) -> str:
    given = {"text": text, **more}
    answer = client.post(f"/content/{content_id}/threads", data=given, headers=HTMX)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_it_is_said_and_shown(desk: Desk, client: Client) -> None:
    content_id = desk.write()
    assert "Good." in say(client, content_id, " Good. ")
    assert [one.text for one in desk.rows(Remark)] == ["Good."]
    plain = client.post(f"/content/{content_id}/threads", data={"text": "Two."})
    assert plain.url.path == f"/review/{content_id}"


@pytest.mark.parametrize("text", ["", "  \n", "x" * 10_001])
def test_what_cannot_be_said_is_refused_beside_its_field(
    desk: Desk, client: Client, text: str
) -> None:
    content_id = desk.write(title="A piece of its own")
    path = f"/content/{content_id}/threads"
    given = {"text": text, "kind": "say"}
    part = client.post(path, data=given, headers=HTMX)
    page = client.post(path, data=given)
    for answer in (part, page):
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert "<html" not in part.text
    assert "Back to the piece" in page.text
    assert desk.rows(Thread) == []


def test_markup_stays_text(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>Oil &lt;b&gt; and fat.</p>")
    assert "&lt;img" in say(client, content_id, "<img src=x onerror=alert(1)>")
    given = {"words": "Oil", "instead": "<img src=y>"}
    answer = client.post(f"/content/{content_id}/threads/suggestion", data=given, headers=HTMX)
    assert "<ins>&lt;img" in answer.text
    assert "<img" not in answer.text
    [thread] = [one for one in desk.rows(Thread) if one.replacement is not None]
    assert thread.replacement == "&lt;img src=y&gt;"


def test_a_client_reads_and_says_only_what_is_shared(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>Oil.</p>")
    with desk.system.db.write() as db:
        whose = {"account_id": desk.owner.account_id, "user_id": desk.client.user_id}
        db.add(ContentShare(**whose, content_id=content_id))
    say(client, content_id, "Among us.")
    say(client, content_id, "For all to see.", shared="yes")
    [inner, shared] = desk.rows(Thread)
    api = f"/api/v1/writer/content/{content_id}/threads/"
    with desk.browser(desk.client) as theirs:
        page = theirs.get(f"/review/{content_id}").text
        assert "For all to see." in page
        assert "Among us." not in page
        assert f'id="thread-{shared.id}"' in say(theirs, content_id, "It is yellow.")
        for thread, status in ((inner, 404), (shared, 200)):
            given = {"thread": str(thread.id), "text": "Really?"}
            path = f"/content/{content_id}/threads/reply"
            assert theirs.post(path, data=given, headers=HTMX).status_code == status
        settling = {"thread": str(shared.id), "act": "resolve"}
        path = f"/content/{content_id}/threads/settling"
        assert theirs.post(path, data=settling, headers=HTMX).status_code == 403
    assert [one.shared for one in desk.rows(Thread)] == [False, True, True]
    with desk.browser(desk.stranger) as others:
        assert others.get(f"/content/{content_id}/threads").status_code == 404
    assert client.get(api).json()["count"] == 3


def test_a_guest_is_not_named_where_it_stays_among_us(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="<p>Oil.</p>")
    with desk.system.db.write() as db:
        whose = {"account_id": desk.owner.account_id, "user_id": desk.client.user_id}
        db.add(ContentShare(**whose, content_id=content_id))
    path = f"/content/{content_id}/threads/people"
    names = {one["name"]: one["guest"] for one in client.get(path).json()}
    assert names[desk.client.name] is True
    assert names[desk.viewer.name] is False
    assert desk.writer.name not in names, "it is not their piece"
    assert 'class="mention"' not in say(client, content_id, f"@{desk.client.name}?")
    assert 'class="mention"' in say(client, content_id, f"@{desk.client.name}!", shared="yes")


def test_pages_of_threads_follow_each_other(desk: Desk, client: Client) -> None:
    content_id = desk.write(html="".join(f"<p>Word{number:02}.</p>" for number in range(35)))
    for number in reversed(range(35)):
        say(client, content_id, f"To {number}", words=f"Word{number:02}.")
    first = client.get(f"/content/{content_id}/threads", headers=HTMX).text
    assert first.count('class="thread"') == 30
    assert first.index("To 0<") < first.index("To 29<")
    assert "To 30<" not in first
    [mark] = set(re.findall('after=([0-9]+-[0-9]+)"', first))
    path = f"/content/{content_id}/threads?after={mark}&part=list"
    rest = client.get(path, headers=HTMX).text
    assert rest.count('class="thread"') == 5
    assert rest.index("To 30<") < rest.index("To 34<")


def test_a_text_within_a_page_says_that_nobody_is_signed_in(desk: Desk, client: Client) -> None:
    """The sign-in page, to which others are led, may stand in no frame."""
    content_id = desk.write()
    client.cookies.clear()
    headers = {"Sec-Fetch-Dest": "iframe"}
    answer = client.get(f"/content/{content_id}/preview", headers=headers, follow_redirects=False)
    assert answer.status_code == 401
    assert "You are signed out" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
