"""Other plugins print, redirect and exit: the app reads our answer, and it is true."""

from __future__ import annotations

import pytest

from tests.harm.belongings import Belongings
from tests.harm.test_images import piece
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal

pytestmark = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)

NOISE = {
    "a notice": 'echo "<br />\\n<b>Warning</b>: Undefined variable \\$x in x.php";',
    "a byte order mark": 'echo "\\xEF\\xBB\\xBF";',
    "a flush": "echo 'x'; ob_flush(); flush(); echo 'y';",
    "every buffer ended": "while (ob_get_level()) { ob_end_clean(); }",
    "a buffer left open": "ob_start(); echo 'x';",
    "a redirect": "header('Location: https://example.test/');",
}
MOMENTS = [
    "plugins_loaded",
    "rest_api_init",
    "save_post",
    "rest_request_after_callbacks",
    "shutdown",
]

ENDS = {
    "exits": "exit;",
    "prints and exits": "echo 'Sorry'; exit('no');",
    "redirects": "wp_redirect('https://example.test/'); exit;",
    "dies by wp_die": "wp_die('no');",
    "runs out of memory": "str_repeat('x', (int) 2e9);",
    "commits and exits": "$GLOBALS['wpdb']->query('COMMIT'); exit;",
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_noise_is_no_part_of_the_answer(wp: WordPress, desk: Desk, moment: str) -> None:
    for number, (name, noise) in enumerate(NOISE.items()):
        body = desk.body(intent=1 + number, title=f"Noise {number}")
        with wp.mu_plugin(
            f"add_action('{moment}', function ($x = null) {{ {noise} return $x; }});"
        ):
            response = desk.send(body)
            assert response.status_code in {200, 201}
            if name != "a flush":  # It sends the headers, too.
                assert response.headers["content-type"].startswith("application/json")
            assert "location" not in response.headers
            assert desk.status()["exists"]
    wrong = desk.http.get("nowhere/")
    assert wrong.status_code == 404


@pytest.mark.parametrize("update", [False, True], ids=["create", "update"])
@pytest.mark.parametrize("end", ENDS)
def test_an_early_end_before_the_commit(wp: WordPress, desk: Desk, end: str, update: bool) -> None:
    if update:
        desk.publish(piece(desk, title="Before"))
    body = piece(desk, intent=2)
    before = Belongings(wp)
    code = (
        "add_action('save_post', function ($id, $post) {"
        f" if (strpos($post->post_title, 'Team') === 0) {{ {ENDS[end]} }} }}, 20, 2);"
    )
    with wp.mu_plugin(code):
        response = desk.send(body)
    assert "location" not in response.headers
    error = refusal(response, 500, "INTERNAL_ERROR")
    assert error["recoverable"]
    assert before.harm() == {}
    assert before.added() == {}
    assert desk.publish(body | {"attempt": 2})["result"] == ("updated" if update else "created")
    assert len(desk.posts()) == 1


@pytest.mark.parametrize("end", ["exits", "redirects"])
def test_an_early_end_while_going_public(wp: WordPress, desk: Desk, end: str) -> None:
    code = (
        "add_action('transition_post_status', function ($new, $old, $post) {"
        f" if ($new === 'publish' && $old === 'draft') {{ {ENDS[end]} }} }}, 20, 3);"
    )
    body = piece(desk)
    with wp.mu_plugin(code):
        data = desk.publish(body)
    assert data["post_status"] == "publish"
    assert desk.post()["post_status"] == "publish"
    assert desk.publish(body | {"attempt": 2}) == data | {"replayed": True}


def test_an_end_that_leaves_us_no_word(wp: WordPress, desk: Desk) -> None:
    """Another plugin exits in the shutdown action, too, before us: the next attempt settles."""
    body = piece(desk)
    before = Belongings(wp)
    code = (
        "add_action('save_post', function () { exit; });"
        "add_action('shutdown', function () { if (did_action('save_post')) exit; }, PHP_INT_MIN);"
    )
    with wp.mu_plugin(code):
        error = refusal(desk.send(body), 500, "INTERNAL_ERROR")
    assert error["recoverable"]
    assert desk.abandon(body).json()["data"]["state"] == "abandoned"
    assert before.harm() == {}
    assert before.added() == {}


def test_an_early_end_among_the_images(wp: WordPress, desk: Desk) -> None:
    body = piece(desk)
    before = Belongings(wp)
    with wp.mu_plugin("add_action('add_attachment', function () { exit; });"):
        refusal(desk.send(body), 500, "INTERNAL_ERROR")
    assert before.harm() == {}
    assert before.added() == {}
