"""The headless destination as the world reads it, and the site's definition for programs."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.accounts.models import Site

pytestmark = pytest.mark.both_databases
DEFINITION = "/api/v1/publisher/site-definition"


@pytest.fixture
def reader(api_of: MakeApi, desk: Desk) -> Api:
    """Somebody on the internet."""
    desk.connect()
    return api_of()


def path_of(desk: Desk, content_id: int) -> str:
    return urlsplit(desk.content(content_id).external_url).path


def opt_in(desk: Desk) -> None:
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).is_public = True


def test_a_page_says_what_it_is(reader: Api, desk: Desk) -> None:
    content_id = desk.published(
        title="Salt & <i>pepper</i>",
        meta_title="Meta title",
        meta_description="Why & how",
        canonical_url="https://gazette.example/salt",
        categories=[{"name": "Spice"}],
    )
    answer = reader.get(path_of(desk, content_id))
    assert answer.status_code == 200
    page = html.document_fromstring(answer.content)
    assert page.findtext(".//title") == "Meta title"
    assert page.findtext(".//h1") == "Salt & <i>pepper</i>"
    assert page.xpath("//meta[@name='description']/@content") == ["Why & how"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["https://gazette.example/salt"]
    assert page.xpath("//meta[@property='og:title']/@content") == ["Meta title"]
    assert "text of piece" in page.xpath("string(//div[@class='text'])")


def test_every_answer_is_a_sandbox_without_scripts(reader: Api, desk: Desk) -> None:
    content_id = desk.published(html="<p onclick='x()'>a<script>x()</script></p>")
    for path in (
        "/sites/gazette",
        "/sites/gazette/feed.xml",
        "/sites/gazette/sitemap.xml",
        path_of(desk, content_id),
        "/sites/gazette/none",
        "/sites/none",
    ):
        answer = reader.get(path)
        policy = answer.headers["content-security-policy"]
        assert "sandbox" in policy
        assert "allow-scripts" not in policy
        assert "script-src" not in policy
        assert "default-src 'none'" in policy
        assert "set-cookie" not in answer.headers
        assert "x()" not in answer.text


def test_a_reader_who_has_it_already_gets_304(reader: Api, desk: Desk) -> None:
    content_id = desk.published()
    path = path_of(desk, content_id)
    first = reader.get(path)
    assert reader.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert reader.head(path).status_code == 200
    desk.edit(content_id, keep_approved=True, title="Another title")
    desk.publish(content_id)
    desk.run_worker()
    changed = reader.get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (changed.status_code, "Another title" in changed.text) == (200, True)


def test_what_is_retracted_is_gone(reader: Api, desk: Desk) -> None:
    content_id = desk.write(html='<p><img src="igny8:pic"></p>')
    desk.add_image(content_id, image_type="in_article", ref="pic", data=PNG)
    desk.approve(content_id)
    desk.publish(content_id)
    desk.run_worker()
    path = path_of(desk, content_id)
    image = html.document_fromstring(reader.get(path).content).xpath("string(//img/@src)")
    shown = reader.get(urlsplit(image).path)
    assert (shown.status_code, shown.content, shown.headers["content-type"]) == (
        200,
        PNG,
        "image/png",
    )
    other = reader.get(urlsplit(image).path.replace("gazette", "rival"))
    assert other.status_code == 404
    desk.retract(content_id)
    desk.run_worker()
    for gone in (path, urlsplit(image).path):
        assert reader.get(gone).status_code == 404
    assert path not in reader.get("/sites/gazette/sitemap.xml").text


def test_only_images_of_published_pieces_are_handed_out(reader: Api, desk: Desk) -> None:
    draft = desk.write()
    desk.add_image(draft, image_type="featured", data=PNG)
    with desk.system.db.read() as db:
        from webapp.writer.models import MediaFile

        sha256 = db.query(MediaFile).one().sha256
    assert reader.get(f"/sites/gazette/media/{sha256}.png").status_code == 404
    for name in ("x.png", "../secret", f"{sha256}.png.exe", sha256[:-1]):
        assert reader.get(f"/sites/gazette/media/{name}").status_code == 404


def test_the_index_goes_on_to_older_pieces(reader: Api, desk: Desk) -> None:
    ids = [desk.published() for _ in range(22)]
    first = html.document_fromstring(reader.get("/sites/gazette").content)
    older = urlsplit(first.xpath("string(//a[@rel='next']/@href)"))
    second = html.document_fromstring(reader.get(f"{older.path}?{older.query}").content)
    titles = first.xpath("//h2/a/text()") + second.xpath("//h2/a/text()")
    assert titles == [desk.content(one).title for one in reversed(ids)]
    assert second.xpath("//a[@rel='next']") == []
    assert reader.get("/sites/gazette?before=999999").status_code == 404
    assert reader.get("/sites/gazette?before=x").status_code == 200


def test_feed_and_sitemap_are_xml_whatever_is_in_the_title(reader: Api, desk: Desk) -> None:
    content_id = desk.published(title="A \x08 & <b>B</b> ]]>", excerpt="\x1f&amp;")
    feed = etree.fromstring(reader.get("/sites/gazette/feed.xml").content)
    assert feed.findtext(".//item/title") == "A  & B ]]>", "no markup in a feed's title"
    assert urlsplit(feed.findtext(".//item/link") or "").path == path_of(desk, content_id)
    sitemap = etree.fromstring(reader.get("/sites/gazette/sitemap.xml").content)
    assert [urlsplit(loc.text or "").path for loc in sitemap.iter("{*}loc")] == [
        path_of(desk, content_id)
    ]


def test_the_definition_is_there_for_sites_that_opted_in(reader: Api, desk: Desk) -> None:
    content_id = desk.published(
        categories=[{"name": "Spice"}], author_email="secret@example.com", sector_id=desk.sector.id
    )
    slug = desk.content(content_id).slug
    paths = ("/gazette/", "/gazette/contents/", f"/gazette/contents/{slug}/")
    assert [reader.get(DEFINITION + path).status_code for path in paths] == [404, 404, 404]
    assert reader.get(f"{DEFINITION}/").json()["results"] == []
    opt_in(desk)
    assert [site["slug"] for site in reader.get(DEFINITION).json()["results"]] == ["gazette"]
    found, listed, whole = (reader.get(DEFINITION + path).json() for path in paths)
    kinds = {one["type"]: one["terms"] for one in found["data"]["taxonomies"]}
    assert kinds["categories"] == [{"name": "Spice", "slug": "spice", "documents": 1}]
    assert kinds["sectors"] == [{"name": "News", "slug": "news", "documents": 1}]
    assert found["data"]["content_types"] == [{"name": "post", "documents": 1}]
    assert found["data"]["url_structure"]["document"].endswith("/sites/gazette/{slug}")
    assert [one["slug"] for one in listed["results"]] == [slug]
    assert whole["data"]["html"].startswith("<p>The text")
    assert "secret@example.com" not in str((found, listed, whole))
    assert reader.get(f"{DEFINITION}/gazette/contents/none").status_code == 404
    assert reader.get(DEFINITION).headers["access-control-allow-origin"] == "*"


def test_a_site_that_never_was_headless_is_not_there(reader: Api, desk: Desk) -> None:
    assert reader.get("/sites/gazette").status_code == 200
    assert reader.get("/sites/rival").status_code == 404


@pytest.mark.parametrize(
    "title", ["한국어 가이드", "हिन्दी में लिखना", "Новый край: йод", "دليل القاهرة", "😀 day"]
)
def test_an_address_of_any_script_is_served(reader: Api, desk: Desk, title: str) -> None:
    opt_in(desk)
    content_id = desk.published(title=title)
    content = desk.content(content_id)
    path = path_of(desk, content_id)
    assert path.isascii()
    for way in (path, path.lower(), f"/sites/gazette/{content.slug}"):
        assert reader.get(way).status_code == 200, way
    listed = reader.get(f"{DEFINITION}/gazette/contents").json()["results"][0]
    assert (listed["slug"], urlsplit(listed["url"]).path) == (content.slug, path)
    whole = reader.get(f"{DEFINITION}/gazette/contents/{content.slug}/")
    assert whole.json()["data"]["slug"] == content.slug
    page = html.document_fromstring(reader.get("/sites/gazette").content)
    assert urlsplit(page.xpath("string(//h2/a/@href)")).path == path
    sitemap = etree.fromstring(reader.get("/sites/gazette/sitemap.xml").content)
    assert [urlsplit(loc.text or "").path for loc in sitemap.iter("{*}loc")] == [path]


def renamed(desk: Desk, content_id: int, slug: str) -> None:
    desk.edit(content_id, keep_approved=True, slug=slug)
    desk.publish(content_id)
    desk.run_worker()


def test_old_addresses_lead_to_the_new_one(reader: Api, desk: Desk) -> None:
    opt_in(desk)
    content_id = desk.published(title="First")
    renamed(desk, content_id, "second")
    renamed(desk, content_id, "третий")
    now = desk.content(content_id).external_url
    for old in ("first", "second"):
        for method in ("GET", "HEAD"):
            answer = reader.request(method, f"/sites/gazette/{old}", follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (301, now)
        data = reader.get(f"{DEFINITION}/gazette/contents/{old}/", follow_redirects=False)
        assert data.status_code == 301
        assert data.headers["access-control-allow-origin"] == "*"
        assert reader.get(urlsplit(data.headers["location"]).path).json()["success"] is True
    renamed(desk, content_id, "first")
    assert reader.get("/sites/gazette/first", follow_redirects=False).status_code == 200
    moved = reader.get("/sites/gazette/second", follow_redirects=False)
    assert moved.headers["location"].endswith("/sites/gazette/first")
    desk.retract(content_id)
    desk.run_worker()
    assert reader.get("/sites/gazette/second").status_code == 404


def test_an_old_address_that_another_piece_has_is_that_pieces(reader: Api, desk: Desk) -> None:
    first = desk.published(title="Wanted")
    renamed(desk, first, "given-up")
    second = desk.published(title="Wanted")
    assert path_of(desk, second) == "/sites/gazette/wanted"
    assert reader.get("/sites/gazette/wanted", follow_redirects=False).status_code == 200
    desk.retract(first)
    desk.run_worker()
    renamed(desk, second, "elsewhere")
    moved = reader.get("/sites/gazette/wanted", follow_redirects=False)
    assert moved.headers["location"].endswith("/elsewhere")
