"""What is not sent is listed on the piece with hosts, schemes and images as they are written."""

from __future__ import annotations

import re

import pytest

from tests.support.desk import Desk
from webapp.core import labels


def test_a_host_is_shown_as_it_is_written(desk: Desk) -> None:
    frame = '<iframe src="https://player.example/x"></iframe>'
    link = '<a href="data:a">a</a><script>x()</script>'
    content_id = desk.write(html=f"<p>Some text to read.</p>{frame}{link}")
    with desk.browser(desk.owner) as client:
        page = client.get(f"/content/{content_id}").text
    for shown in ("player.example is not among", "data: is ", "It would run on the"):
        assert re.search(rf">\s*{shown}", page), shown
    assert "Player.example" not in page


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("it runs a script", "It runs a script"),
        ("player.example is not trusted", "player.example is not trusted"),
        ("webcal: is no allowed address", "webcal: is no allowed address"),
        ("ends.", "Ends."),
        ("", ""),
    ],
)
def test_a_line_begins_with_a_capital_or_a_name(text: str, shown: str) -> None:
    assert labels.begun(text) == shown


def test_an_image_keeps_its_name() -> None:
    assert labels.field_here("images.Hero-IMG_1.JPG") == "Image Hero-IMG_1.JPG"
    assert labels.field_here("meta_title") == "Title for search"
