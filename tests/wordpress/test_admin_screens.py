"""IGNY8 on WordPress's own screens: lists of posts, beside a post, Site Health; the debug log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pytest

from tests.support.wordpress import ADMIN, PASSWORD, WordPress
from tests.wordpress.app import App
from tests.wordpress.desk import KEY, Desk
from tests.wordpress.test_site import app  # noqa: F401


@pytest.fixture
def admin(wp: WordPress) -> Iterator[httpx.Client]:
    """A signed-in administrator's browser."""
    with httpx.Client(base_url=wp.url, follow_redirects=True, timeout=60) as browser:
        browser.get("/wp-login.php")
        browser.post("/wp-login.php", data={"log": ADMIN, "pwd": PASSWORD})
        yield browser


def cell(page: str, post_id: int) -> str:
    """What the column says of a post."""
    row = re.search(rf'<tr id="post-{post_id}".*?</tr>', page, re.DOTALL)
    assert row
    found = re.search(r"column-igny8[^>]*>(.*?)</td>", row[0], re.DOTALL)
    assert found
    return found[1].strip()


def duplicate(wp: WordPress, post_id: int) -> int:
    """As plugins that duplicate posts do: with all its meta."""
    return int(
        wp.php(
            f"$post = get_post({post_id}, ARRAY_A); unset($post['ID'], $post['guid']);"
            "$copy = wp_insert_post(wp_slash($post));"
            f"foreach (get_post_meta({post_id}) as $key => $values) foreach ($values as $value)"
            " add_post_meta($copy, $key, wp_slash(maybe_unserialize($value)));"
            "echo $copy;"
        )
    )


def test_the_list_and_the_post_say_which_piece_it_is(
    wp: WordPress,
    desk: Desk,
    app: App,  # noqa: F811
    admin: httpx.Client,
    clean_log: None,
) -> None:
    wp.set_option("igny8_app_url", app.url)
    post_id = desk.publish(desk.body())["post_id"]
    copy = duplicate(wp, post_id)
    own = int(wp.php("echo wp_insert_post(['post_title' => 'Own', 'post_status' => 'publish']);"))
    address = f"{app.url}/content/{desk.content_id}/edit"
    page = admin.get("/wp-admin/edit.php").text
    assert "As published" in cell(page, post_id)
    assert address in cell(page, post_id)
    assert [cell(page, one) for one in (copy, own)] == ["", ""]
    wp.php(f"wp_update_post(['ID' => {post_id}, 'post_title' => 'Changed']);")
    assert "Changed here since" in cell(admin.get("/wp-admin/edit.php").text, post_id)
    beside = admin.get(f"/wp-admin/post.php?post={post_id}&action=edit&classic-editor").text
    assert f"This post is piece {desk.content_id} of IGNY8." in beside
    assert "IGNY8 does not overwrite that unasked." in beside
    assert address in beside
    assert "of IGNY8." not in admin.get(f"/wp-admin/post.php?post={copy}&action=edit").text


def test_site_health_says_whether_it_works(
    wp: WordPress,
    app: App,  # noqa: F811
    admin: httpx.Client,
    clean_log: None,
) -> None:
    route = "/wp-json/igny8/v1/site-health"
    assert httpx.get(f"{wp.url}{route}").status_code in {401, 403}
    page = admin.get("/wp-admin/site-health.php").text
    assert "IGNY8 can store pieces" in page
    nonce = admin.get("/wp-admin/admin-ajax.php?action=rest-nonce").text
    headers = {"X-WP-Nonce": nonce}
    told = admin.get(route, headers=headers).json()
    assert (told["status"], told["label"]) == ("critical", "IGNY8 is not connected")
    wp.set_option("igny8_app_url", app.url)
    told = admin.get(route, headers=headers).json()
    assert (told["status"], told["description"]) == (
        "good",
        "<p>IGNY8 answers and knows this website.</p>",
    )


def test_the_debug_log_masks_secrets(wp: WordPress) -> None:
    sent = {
        "title": "Shown",
        "api_key": "planted-1",
        "deep": [{"password": "planted-2", "access_token": "planted-3"}],
        "text": f"the key {KEY} in a text",
    }
    masked = wp.php(f"echo Igny8\\Rest\\Debug_Log::masked({json.dumps(json.dumps(sent))});")
    assert "Shown" in masked
    assert not re.search(rf"planted|{KEY}", masked)
    assert wp.php("echo Igny8\\Rest\\Debug_Log::is_on() ? 'on' : 'off';") == "off"
    lines = wp.php(
        "define('IGNY8_DEBUG', true); ini_set('error_log', ABSPATH . 'told.log');"
        "try { Igny8\\Rest\\App_Client::who_am_i(3); } catch (RuntimeException $none) {}"
        "echo @file_get_contents(ABSPATH . 'told.log');"
    )
    assert "to IGNY8" not in lines  # no address is entered: nothing was sent


def test_what_is_said_is_written_down_where_it_is_asked_for(wp: WordPress, app: App) -> None:  # noqa: F811
    wp.set_option("igny8_app_url", app.url)
    lines = wp.php(
        "define('IGNY8_DEBUG', true); ini_set('error_log', ABSPATH . 'told.log');"
        "Igny8\\Rest\\App_Client::who_am_i(3); echo file_get_contents(ABSPATH . 'told.log');"
        "unlink(ABSPATH . 'told.log');"
    )
    assert f"to IGNY8: GET {app.url}/api/v1/auth/me/" in lines
    assert "→ 200" in lines
    assert "A & site" in lines
    assert KEY not in lines
