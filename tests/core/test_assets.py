"""Style sheets, scripts and icons: asked for once, and never a mixture of two releases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.desk import Desk
from webapp.config import root
from webapp.core import assets

OUTSIDE = (
    "css/none.css",
    "%2e%2e/pyproject.toml",
    "..%2fpyproject.toml",
    "css/%2e%2e/%2e%2e/README.md",
)
LASTS = "public, max-age=31536000, immutable"


def test_a_page_names_the_release_and_a_browser_keeps_what_it_gets(desk: Desk) -> None:
    with desk.browser() as client:
        page = client.get("/sign-in").text
        addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
        assert len(addresses) > 3
        for address in addresses:
            assert address.startswith(f"/static/{assets.release()}/")
            answer = client.get(address)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, LASTS)
            assert client.head(address).headers["cache-control"] == LASTS


def test_a_style_sheet_is_sent_whole_and_what_it_names_is_of_its_release(desk: Desk) -> None:
    """A browser asks for one instead of dozens, and learns of none when it has the first."""
    folder = root() / "static/css"
    named = re.compile(r'@import url\("(.+)"\) layer\((\w+)\)(.*);')
    imported = named.findall((folder / "app.css").read_text())
    assert len(imported) > 20
    with desk.browser() as client:
        sheet = client.get(assets.address("css/app.css"))
        assert "@import" not in sheet.text
        for path, layer, widths in imported:
            own = re.sub(r'url\("\.\./', 'url("./../', (folder / path).read_text())
            own = f"@media{widths} {{\n{own}\n}}" if widths else own
            assert f"@layer {layer} {{\n{own}\n}}" in sheet.text
        fonts = re.findall(r'url\("(\.[^"]+)"\)', sheet.text)
        assert fonts
        for one in fonts:
            answer = client.get(str(sheet.url.join(one)))
            assert (answer.status_code, answer.headers["cache-control"]) == (200, LASTS)


def test_what_a_sheet_in_another_folder_names_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "parts/small").mkdir(parents=True)
    (tmp_path / "all.css").write_text('@import url("parts/some.css") layer(a);\n')
    (tmp_path / "parts/some.css").write_text('@import url("small/one.css") layer(b);\n')
    (tmp_path / "parts/small/one.css").write_text('p { background: url("../leaf.svg") }')
    monkeypatch.setattr(assets, "_FOLDER", tmp_path)
    whole = '@layer a {\n@layer b {\np { background: url("./parts/leaf.svg") }\n}\n\n}\n'
    assert assets.joined("all.css") == whole


def test_a_file_is_packed_for_those_who_can_read_it(desk: Desk) -> None:
    with desk.browser() as client:
        address = assets.address("css/app.css")
        packed = client.get(address)
        plain = client.get(address, headers={"Accept-Encoding": "identity"})
        assert packed.headers["content-encoding"] == "gzip"
        assert "content-encoding" not in plain.headers
        assert packed.text == plain.text
        assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 5
        assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
        told = client.head(address)
        assert (told.content, told.headers["content-length"]) == (
            b"",
            packed.headers["content-length"],
        )


def test_what_a_script_imports_is_of_its_release_and_called_a_script(desk: Desk) -> None:
    """A browser runs no module that is called something else."""
    with desk.browser(desk.owner) as client:
        page = client.get("/publisher/content-calendar").text
        entries = re.findall(r'<script type="module" src="([^"]+)"', page)
        announced = re.findall(r'<link rel="modulepreload" href="([^"]+)"', page)
        assert len(entries) == 2
        asked, found = set(entries), list(entries)
        while found:
            answer = client.get(found.pop())
            assert (answer.status_code, answer.headers["cache-control"]) == (200, LASTS)
            assert answer.headers["content-type"].startswith("text/javascript")
            named = re.findall(r'^[^/\n]*"(\.{1,2}/[^"]+\.js)"', answer.text, re.M)
            new = {answer.url.join(one).path for one in named} - asked
            found += new
            asked |= new
        assert asked - set(entries) == set(announced)


def test_another_release_gets_what_is_there_and_does_not_keep_it(desk: Desk) -> None:
    with desk.browser() as client:
        answer = client.get("/static/0123456789/css/app.css")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


def test_nothing_outside_of_the_folder_is_given_away(desk: Desk) -> None:
    with desk.browser() as client:
        for path in (
            "css/none.css",
            "%2e%2e/pyproject.toml",
            "..%2fpyproject.toml",
            "css/%2e%2e/%2e%2e/README.md",
        ):
            answer = client.get(assets.address(path))
            assert answer.status_code == 404, path
            assert "build-system" not in answer.text


def test_no_sheet_that_is_sent_imports_another() -> None:
    """Within a layer a browser passes over an import, and says nothing."""
    folder = root() / "static"
    sheets = [path.relative_to(folder).as_posix() for path in (folder / "css").rglob("*.css")]
    assert [one for one in sheets if "@import" in assets.joined(one)] == []
