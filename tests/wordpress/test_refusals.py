"""Keys, malformed and impossible requests, images that WordPress would refuse, health."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import httpx
import lxml.html
import pytest

from tests.support.contract import assert_valid
from tests.support.wordpress import WordPress
from tests.wordpress.desk import HEADERS, PLUGIN, Desk, refusal
from tests.wordpress.images import png


def test_keys(wp: WordPress, desk: Desk) -> None:
    url = f"{wp.url}/wp-json/igny8/v1/health"
    protocol = {"X-IGNY8-Protocol": "1"}
    other_header = {"X-IGNY8-API-Key": HEADERS["Authorization"].split()[1]}
    assert httpx.get(url, headers=protocol | other_header).status_code == 200
    refusal(httpx.get(url, headers=protocol), 401, "INVALID_CREDENTIALS")
    wrong = protocol | {"Authorization": "Bearer wrong"}
    answers = [httpx.get(url, headers=wrong) for _ in range(25)]
    assert answers[0].status_code == 401
    refusal(answers[-1], 429, "TOO_MANY_FAILURES")
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert httpx.get(url, headers=HEADERS).status_code == 200
    wp.sql("DELETE FROM wp_options WHERE option_name LIKE '%igny8_fail_%'")


def test_every_route_wants_the_key(wp: WordPress) -> None:
    index = httpx.get(f"{wp.url}/wp-json/igny8/v1").json()
    routes = {
        (route, method)
        for route, facts in index["routes"].items()
        for endpoint in facts["endpoints"]
        for method in endpoint["methods"]
        if route != "/igny8/v1"
    }
    assert len(routes) == 19
    # What an administrator's own session opens, and no key.
    of_people = {one for one in routes if one[0] in ("/igny8/v1/connect", "/igny8/v1/site-health")}
    for route, method in of_people:
        for headers in ({}, HEADERS):
            answer = httpx.request(method, f"{wp.url}/wp-json{route}", headers=headers)
            assert answer.status_code in {401, 403}
    for route, method in routes - of_people:
        path = re.sub(r"\(\?P<content_id>[^)]*\)", "1", route)
        response = httpx.request(
            method, f"{wp.url}/wp-json{path}", headers={"X-IGNY8-Protocol": "1"}
        )
        refusal(response, 401, "INVALID_CREDENTIALS")
    wp.sql("DELETE FROM wp_options WHERE option_name LIKE '%igny8_fail_%'")


def test_protocol(wp: WordPress) -> None:
    for version in ({}, {"X-IGNY8-Protocol": "2"}, {"X-IGNY8-Protocol": "1x"}):
        headers = {"Authorization": HEADERS["Authorization"]} | version
        response = httpx.get(f"{wp.url}/wp-json/igny8/v1/health", headers=headers)
        error = refusal(response, 426, "PROTOCOL_UNSUPPORTED")
        assert error["details"]["plugin"] == "1"


def test_not_configured(wp: WordPress, desk: Desk) -> None:
    key = wp.get_option("igny8_api_key")
    wp.set_option("igny8_api_key", "")
    try:
        refusal(desk.http.get("health"), 503, "PLUGIN_NOT_CONFIGURED")
    finally:
        wp.set_option("igny8_api_key", key)


@pytest.mark.parametrize(
    "fields",
    [
        {"content_id": "7"},
        {"content_id": 0},
        {"publish_key": "x"},
        {"intent": None},
        {"attempt": 1.5},
        {"publish_mode": "later"},
        {"published_at": "2025-02-30T00:00:00Z"},
        {"published_at": "2025-02-03 00:00:00"},
        {"title": ["x"]},
        {"categories": {"a": 1}},
        {"tags": [{"name": ""}]},
        {"gallery": [{"sha256": "x"}]},
        {"gallery": [{"sha256": "0" * 64, "url": "http://x.test/"}]},
        {"featured_image": {"url": "ftp://x.test/y.png"}},
        {"inline_images": [{"url": "http://x.test/y.png"}]},
        {"content_hash": ""},
        {"force": "yes"},
        {"keyword_ids": [0]},
    ],
    ids=repr,
)
def test_malformed_field(desk: Desk, fields: dict[str, Any]) -> None:
    response = desk.http.post("publish-content/", json=desk.body() | fields)
    error = refusal(response, 400, "CONTENT_INVALID")
    assert re.split(r"[.\[]", error["details"]["field"])[0] in fields
    assert desk.status()["publish"] is None


def test_malformed_body(desk: Desk) -> None:
    kind = {"Content-Type": "application/json"}
    for body in ("{", "[1]", "7", ""):
        answer = desk.http.post("publish-content/", content=body, headers=kind)
        assert answer.status_code == 400
        assert_valid("error", answer.json())
    form = desk.http.post("publish-content/", data={"content_id": "1"})
    refusal(form, 415, "CONTENT_INVALID")
    refusal(desk.http.get("nothing/"), 404, "NOT_FOUND")
    header = {"Idempotency-Key": "3b241101-e2bb-4255-8caf-4136c566a962"}
    answer = desk.http.post("publish-content/", json=desk.body(), headers=header)
    refusal(answer, 400, "CONTENT_INVALID")


@pytest.mark.parametrize(
    ("fields", "code", "status"),
    [
        ({"title": " <b> </b>"}, "TITLE_MISSING", 422),
        ({"content_html": "<p>&nbsp;</p>"}, "CONTENT_EMPTY", 422),
        (
            {"content_html": "<!-- wp:paragraph --><p></p><!-- /wp:paragraph -->"},
            "CONTENT_EMPTY",
            422,
        ),
        ({"content_html": "x" * 5_300_000}, "CONTENT_TOO_LARGE", 413),
        ({"content_html": "x" * 10_000_000}, "CONTENT_TOO_LARGE", 413),
        ({"content_html": "x" * 18_000_000}, "CONTENT_TOO_LARGE", 413),
        ({"slug": "///"}, "SLUG_INVALID", 422),
        ({"content_type": "attachment"}, "TYPE_DISABLED", 422),
        ({"content_type": "nothing"}, "TYPE_DISABLED", 422),
        ({"content_type": "page", "tags": [{"name": "x"}]}, "TAXONOMY_MISSING", 422),
        ({"gallery": [{"sha256": "0" * 64}] * 101}, "TOO_MANY_IMAGES", 422),
        ({"content_html": '<img src="igny8:x">'}, "CONTENT_INVALID", 422),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_impossible_content(desk: Desk, fields: dict[str, Any], code: str, status: int) -> None:
    error = desk.refused(desk.body(**fields), status, code)
    assert error["step"] == "validation"
    assert not error["recoverable"]
    assert desk.posts() == []


def test_all_problems_at_once(desk: Desk) -> None:
    body = desk.body(title="", content_html="", author_email="no@example.test", slug="/")
    error = desk.refused(body, 422, "VALIDATION_FAILED")
    found = {problem["code"]: problem["field"] for problem in error["details"]["problems"]}
    assert found == {
        "TITLE_MISSING": "title",
        "CONTENT_EMPTY": "content_html",
        "AUTHOR_NOT_FOUND": "author_email",
        "SLUG_INVALID": "slug",
    }


def test_media(wp: WordPress, desk: Desk) -> None:
    image = png(220, desk.content_id % 256, 7)
    digest = hashlib.sha256(image).hexdigest()
    first, second = desk.send_image(digest, image), desk.send_image(digest, image)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["data"]["width"] == 400
    assert not [name for name in wp.staged() if digest in name]
    refusal(desk.send_image("0" * 64, image), 400, "CONTENT_INVALID")
    for bad in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<?php echo 1;", image[:20]):
        refusal(desk.send_image(hashlib.sha256(bad).hexdigest(), bad), 415, "IMAGE_REFUSED")
    huge = png(1, width=9000, height=8000)
    refusal(desk.send_image(hashlib.sha256(huge).hexdigest(), huge), 413, "IMAGE_TOO_LARGE")
    fat = image + bytes(17_000_000)
    refusal(desk.send_image(hashlib.sha256(fat).hexdigest(), fat), 413, "IMAGE_TOO_LARGE")


def test_staged_images_expire(wp: WordPress, desk: Desk) -> None:
    desk.stage(png(221))
    folder = wp.home / "wp-content" / "uploads" / "igny8-staging"
    code = f"foreach (glob('{folder}/*.bin') as $f) touch($f, time() - 86500);"
    wp.php(f"{code} do_action('igny8_sweep');")
    assert wp.staged() == set()
    wp.php(f"touch('{folder}/x.bin'); do_action('igny8_sweep');")
    assert len(wp.staged()) == 1
    wp.php(f"unlink('{folder}/x.bin');")


SCRIPT = (
    '<p onclick="x()">a<script>steal()</script></p><a href="javascript:x()">b</a>'
    '<p style="color:red">c</p><iframe src="https://e.test"></iframe>'
)
BLOCK = '<!-- wp:paragraph {"a":"b"} -->\n<p>\\ 😀</p>\n<!-- /wp:paragraph -->'


def test_html_that_the_author_may_not_publish(wp: WordPress, desk: Desk) -> None:
    wp.php(
        "if (!get_user_by('login', 'writer')) wp_insert_user(array('user_login' => 'writer',"
        " 'user_pass' => 'x', 'role' => 'author', 'user_email' => 'writer@example.test'));"
    )
    body = desk.body(
        title="T <script>x</script><em>e</em>",
        content_html=SCRIPT
        + '<!-- wp:paragraph {"a":"b"} -->\n<p>\\ 😀</p>\n<!-- /wp:paragraph -->',
        author_email="writer@example.test",
        excerpt="E <iframe src='https://e.test'></iframe>& <b onclick='x()'>bold</b>",
    )
    data = desk.publish(body)
    assert set(data["removed_html"]) == {"p[onclick]", "script", "a[href]", "iframe", "b[onclick]"}
    content = desk.post()["post_content"] or ""
    assert not re.search("script|onclick|steal|iframe", content)
    assert content.endswith('<!-- wp:paragraph {"a":"b"} -->\n<p>\\ 😀</p>\n<!-- /wp:paragraph -->')
    assert "<script" not in (desk.post()["post_title"] or "")
    assert desk.post()["post_excerpt"] == "E &amp; <b>bold</b>"
    as_admin = body | {"author_email": None, "intent": 2, "force": True}
    data = desk.publish(as_admin | {"publish_key": desk.body()["publish_key"]})
    assert set(data["removed_html"]) == {"script", "iframe", "b[onclick]"}, "title and excerpt"
    assert desk.post()["post_content"] == body["content_html"]


MARKERS = (
    "<script>steal()</script>",
    "<img src=x onerror=steal()>",
    "<b onclick='steal()'>x</b>",
    "<svg/onload=steal()>",
    "<a href='javascript:steal()'>x</a>",
    "<scr<script></script>ipt>steal()</script>",
    "<img src=x onerror=steal() ",
)


def test_no_field_beside_the_text_brings_a_script_whoever_publishes(
    wp: WordPress, desk: Desk
) -> None:
    for number, marker in enumerate(MARKERS):
        sha256 = desk.stage(png(161 + number))
        name = f"{desk.content_id} {number}"
        picture = {"sha256": sha256, "alt": f"a {marker}", "caption": f"c {marker}"}
        body = desk.body(
            intent=number + 1,
            title=f"T {marker} & 3 < 4",
            excerpt=f"E {marker}",
            meta_title=f"M {marker}",
            meta_description=f"D {marker}",
            focus_keywords=[f"K {marker}"],
            tags=[{"name": f"{name} {marker}"}],
            categories=[{"name": f"{name} {marker}", "parent": f"P {marker}"}],
            clusters=[{"name": f"{name} {marker}"}],
            featured_image=picture,
            gallery=[picture],
        )
        data = desk.publish(body)
        # What never ends is no tag, and stands there as text.
        assert data["removed_html"] or marker == MARKERS[-1], marker
        stored = [desk.post(), desk.meta(), *desk.site.sql("SELECT * FROM wp_terms")]
        stored += wp.sql("SELECT * FROM wp_posts WHERE post_type = 'attachment'")
        stored += wp.sql("SELECT * FROM wp_postmeta WHERE meta_key = '_wp_attachment_image_alt'")
        code = r"<script|<[^>]*(onerror|onclick|onload)|<[^>]*javascript:|<svg"
        bad = [text for row in stored for text in row.values() if re.search(code, text or "", re.I)]
        assert bad == [], marker
        page = httpx.get(data["post_url"]).text
        shown = lxml.html.fromstring(page)
        assert not shown.xpath("//@*[starts-with(name(), 'on') and contains(., 'steal')]"), marker
        assert not shown.xpath(
            "//script[contains(., 'steal')] | //@href[starts-with(., 'javascript')]"
        )


def test_texts_without_markup_stay_as_they_are(desk: Desk) -> None:
    title, excerpt = "A & B, 3 > 2, “q” \\ 😀", "R&D &amp; more 'x'"
    picture = {"sha256": desk.stage(png(171)), "alt": "a & b", "caption": 'c & "d"'}
    data = desk.publish(desk.body(title=title, excerpt=excerpt, featured_image=picture))
    assert data["removed_html"] == []
    assert (desk.post()["post_title"], desk.post()["post_excerpt"]) == (title, excerpt)
    attachment = data["featured_image"]["attachment_id"]
    [row] = desk.site.sql(f"SELECT post_excerpt FROM wp_posts WHERE ID = {attachment}")
    assert row["post_excerpt"] == 'c & "d"'
    assert desk.meta(attachment)["_wp_attachment_image_alt"] == "a & b"


def test_health(desk: Desk) -> None:
    health = desk.health()
    assert health["checks"]["database"]["ok"]
    assert health["checks"]["media_uploads"]["ok"]
    assert health["checks"]["taxonomy_creation"]["ok"]
    assert not health["checks"]["api_connection"]["ok"]
    assert health["status"] == "degraded"
    assert health["transactions"]
    assert health["site"]["timezone"] == "America/New_York"


def test_status_of_an_unknown_content(desk: Desk) -> None:
    assert desk.status() == {
        "content_id": desk.content_id,
        "exists": False,
        "posts_with_this_id": 0,
        "post": None,
        "publish": None,
    }


def test_codes_of_the_plugin_are_those_of_the_contract() -> None:
    schema = json.loads((PLUGIN.parents[1] / "docs/contract/error.schema.json").read_text())
    known = set(schema["properties"]["error"]["properties"]["code"]["enum"])
    text = "".join(path.read_text() for path in PLUGIN.rglob("*.php"))
    used = set(re.findall(r"'([A-Z]+(?:_[A-Z]+)+)'", text)) & known
    dynamic = {f"{role}_IMAGE_DOWNLOAD_FAILED" for role in ("FEATURED", "GALLERY", "INLINE")}
    assert used | dynamic == known


def test_only_calls_to_us_are_buffered(wp: WordPress) -> None:
    says = (
        "add_action('init', function () {"
        " header('X-Buffers: ' . implode(' ', ob_list_handlers())); });"
    )
    ours = "/igny8/v1/health"
    with wp.mu_plugin(says):
        for path in (f"/wp-json{ours}", f"/?rest_route={ours}"):
            assert "Igny8" in httpx.get(wp.url + path).headers["X-Buffers"]
        for path in (f"/?x={ours}", f"/wp-json/?x={ours}", f"/?rest_route=/&x={ours}"):
            assert "Igny8" not in httpx.get(wp.url + path).headers["X-Buffers"]


def test_a_text_that_php_will_not_search_is_still_cleaned(wp: WordPress) -> None:
    long = (
        "ini_set('pcre.jit', '0'); $code = '<script>' . str_repeat('x ', 1000000) . '</script>';"
        " $text = '<p>Before</p>' . $code . '<img src=x onerror=alert(1)><p>After</p>';"
        " $whole = Igny8\\Posts\\Html::line($text) . Igny8\\Posts\\Html::plain($text);"
        " echo substr_count($whole, 'After'),"
        " preg_match('/<script|<img|onerror/i', $whole);"
    )
    assert wp.php(long) == "20"
