"""What people have left on a post, a gallery post or a term of ours is not deleted with it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harm.test_after_a_death import DEATHS, die, row
from tests.harm.test_gallery_post import pictures, piece, published
from tests.harm.test_refused_at_last import REFUSALS
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk, refusal

KINDS = pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
ADMIN = "require_once ABSPATH . 'wp-admin/includes/post.php'; kses_remove_filters();"
EDITOR = (
    "wp_set_current_user(wp_insert_user(array('user_login' => 'ed' . $id . wp_rand(),"
    " 'user_pass' => 'x', 'role' => 'editor')));"
)
COMMENT = (
    "wp_insert_comment(array('comment_post_ID' => $id, 'comment_content' => 'A visitor',"
    " 'comment_approved' => 1));"
)
# What people leave beside title and text, in PHP.
BESIDE = {
    "a picture": "set_post_thumbnail($id, get_option('site_icon'));",
    "tags": "wp_set_post_tags($id, 'tag of a person', true);",
    "a field": "update_post_meta($id, 'acf_field', 'long text of a person');",
    "an autosave": EDITOR + "wp_create_post_autosave(array('post_ID' => $id, 'post_title' => 'x',"
    " 'post_content' => 'A whole new text', 'post_excerpt' => '', 'post_type' => 'post'));",
    "an open editor": EDITOR + "wp_set_post_lock($id);",
    "a comment": COMMENT,
}
COLUMNS = {
    "an excerpt": "wp_update_post(array('ID' => $id, 'post_excerpt' => 'By a person'));",
    "an address": "wp_update_post(array('ID' => $id, 'post_name' => 'chosen-by-a-person-' . $id));",
}
# How people lean on a post, in PHP.
LEANING = {
    "a menu": "wp_update_nav_menu_item(wp_create_nav_menu('m' . wp_rand()), 0, array("
    "'menu-item-object-id' => $id, 'menu-item-object' => 'post', 'menu-item-type' => 'post_type',"
    " 'menu-item-status' => 'publish'));",
    "sticky": "stick_post($id);",
    "a child": "wp_insert_post(array('post_title' => 'c', 'post_type' => 'page', 'post_parent' =>"
    " $id));",
    "a password": "wp_update_post(array('ID' => $id, 'post_password' => 'secret'));",
    "no comments": "wp_update_post(array('ID' => $id, 'comment_status' => 'closed'));",
    "a format": "set_post_format($id, 'gallery');",
    "a link": "wp_insert_post(array('post_title' => 'l', 'post_content' => '<a href=\"'"
    " . get_permalink($id) . '\">x</a>'));",
    "a link without a slash": "wp_insert_post(array('post_title' => 'l', 'post_content' =>"
    " 'See ' . untrailingslashit(home_url('/' . get_post($id)->post_name))));",
    "a discount": "update_post_meta($id, 'discount', '5');",
    "a view": "update_post_meta($id, 'views', 'From the hill');",
    "words for others": "update_post_meta($id, '_yoast_wpseo_opengraph-title', 'By a person');",
}
# What machines leave.
MACHINES = {
    "a pingback": COMMENT.replace("=> 1)", "=> 1, 'comment_type' => 'pingback')"),
    "spam": COMMENT.replace("=> 1)", "=> 'spam')"),
    "notes": "update_post_meta($id, '_edit_lock', '1000000000:1');"
    " update_post_meta($id, '_edit_last', '1');"
    " update_post_meta($id, '_yoast_wpseo_linkdex', '40');",
    "counters": "foreach (array('post_views_count', 'views', '_post_views', 'postviews', 'likes',"
    " 'ssba_share_count', 'hits') as $key) update_post_meta($id, $key, '12');",
    "another default for comments": "update_option('default_comment_status', 'closed');",
    "a link to another one": "wp_insert_post(array('post_title' => 'l', 'post_content' =>"
    " 'See ' . untrailingslashit(home_url('/' . get_post($id)->post_name)) . '-2/'));",
}


@pytest.fixture
def separate(wp: WordPress) -> Any:
    """Images beyond the first go to a post of their own."""
    wp.set_option("igny8_settings", {"gallery_limit": 1, "gallery_overflow": "separate_post"})
    yield
    wp.set_option("igny8_settings", {})
    wp.set_option("default_comment_status", "open")


def work(wp: WordPress, post_id: int, code: str) -> None:
    """Later than in the second in which it was made."""
    wp.php(f"{ADMIN} $id = {post_id}; sleep(1); {code}")


def everything(wp: WordPress, post_id: int) -> list[Any]:
    """A post with what belongs to it."""
    return [
        row(wp, post_id),
        wp.sql(f"SELECT * FROM wp_term_relationships WHERE object_id = {post_id}"),
        wp.sql(f"SELECT * FROM wp_comments WHERE comment_post_ID = {post_id}"),
        wp.sql(f"SELECT * FROM wp_posts WHERE post_parent = {post_id} AND post_type = 'revision'"),
    ]


@pytest.mark.parametrize("left", [*BESIDE, *COLUMNS])
@pytest.mark.parametrize("death", DEATHS)
@KINDS
def test_a_draft_of_a_dead_request_on_which_somebody_works(
    wp: WordPress, desk: Desk, death: str, left: str
) -> None:
    body = desk.body(title="Team new", categories=[{"name": "Person's own"}], tags=[{"name": "t"}])
    die(wp, desk, body, DEATHS[death])
    post_id = int(str(wp.value("SELECT MAX(ID) FROM wp_posts WHERE post_title = 'Team new'")))
    work(wp, post_id, (BESIDE | COLUMNS)[left])
    before = everything(wp, post_id)
    desk.abandon(body)
    assert everything(wp, post_id) == before


@pytest.mark.parametrize("list_of", ["today", "an older plugin"])
@pytest.mark.parametrize("death", DEATHS)
@KINDS
def test_a_draft_of_a_dead_request_with_all_that_we_write(
    wp: WordPress, desk: Desk, death: str, list_of: str
) -> None:
    """Our terms, picture, excerpt and SEO fields, and notes of machines, are nobody's work."""
    body = desk.body(
        title="Team new",
        excerpt="Ours",
        categories=[{"name": "Person's own"}, {"name": f"New {desk.content_id}"}],
        tags=[{"name": "t"}],
        sectors=[{"name": "s"}],
        featured_image=pictures(desk, 1)[0],
        meta_title="Ours",
        meta_description="Ours",
        focus_keywords=["one", "two"],
    )
    die(wp, desk, body, DEATHS[death])
    post_id = int(str(wp.value("SELECT MAX(ID) FROM wp_posts WHERE post_title = 'Team new'")))
    work(wp, post_id, MACHINES["notes"] + "wp_update_post(array('ID' => $id, 'post_parent' => 0));")
    if list_of != "today":
        wp.php(
            "global $wpdb; $row = $wpdb->get_row('SELECT content_id, undo_list FROM"
            f" wp_igny8_publishes WHERE content_id = {desk.content_id}'); $acts ="
            " json_decode($row->undo_list, true); foreach ($acts as &$act) { unset($act['more']);"
            " if ($act['act'] === 'post') $act['wrote'] = array_intersect_key($act['wrote'],"
            " array('post_title' => 1, 'post_content' => 1)); unset($act['name'], $act['slug']); }"
            " $wpdb->update('wp_igny8_publishes', array('undo_list' => json_encode($acts)),"
            " array('content_id' => $row->content_id));"
        )
    left = everything(wp, post_id)
    desk.abandon(body)
    assert wp.sql(f"SELECT ID FROM wp_posts WHERE ID = {post_id}") == [], left


@pytest.mark.parametrize("left", BESIDE)
@KINDS
@pytest.mark.usefixtures("separate")
def test_a_newer_version_without_a_gallery_keeps_what_people_left_on_it(
    wp: WordPress, desk: Desk, left: str
) -> None:
    """The gallery post goes offline, and is taken up again by the next version that needs one."""
    gallery = published(desk)
    work(wp, gallery, BESIDE[left])
    before = everything(wp, gallery)
    assert desk.status()["post"]["edited_there"] is False
    desk.publish(piece(desk, 2, gallery=pictures(desk, 1), title="Newer"))
    offline = everything(wp, gallery)
    assert offline[0]["post_status"] == "draft"
    changed = {name for name in before[0] if before[0][name] != offline[0][name]}
    assert changed <= {"post_status", "post_modified", "post_modified_gmt"}
    assert offline[1:3] == before[1:3]
    assert desk.status()["post"]["edited_there"] is False
    data = desk.publish(piece(desk, 3, gallery=pictures(desk), title="Newest"))
    assert data["gallery"]["gallery_overflow_post_id"] == gallery
    assert wp.value(f"SELECT post_status FROM wp_posts WHERE ID = {gallery}") == "publish"
    assert row(wp, gallery)["meta"] == before[0]["meta"]
    assert desk.status()["post"]["edited_there"] is False


@pytest.mark.parametrize("left", [*COLUMNS, *MACHINES])
@KINDS
@pytest.mark.usefixtures("separate")
def test_excerpt_and_address_of_a_gallery_are_told(wp: WordPress, desk: Desk, left: str) -> None:
    gallery = published(desk)
    work(wp, gallery, (COLUMNS | MACHINES)[left])
    body = piece(desk, 2, gallery=pictures(desk, 1), title="Newer")
    if left in COLUMNS:
        told = desk.refused(body, 409, "EDITED_THERE")["details"]
        field = "excerpt" if left == "an excerpt" else "slug"
        assert [one["field"] for one in told["differences"]] == [f"gallery_post:{field}"]
        body = piece(desk, 3, gallery=pictures(desk, 1), title="Newer", over=told["over"])
    desk.publish(body)
    status = wp.value(f"SELECT post_status FROM wp_posts WHERE ID = {gallery}")
    assert status == ("draft" if left == "an excerpt" else None)


@pytest.mark.parametrize("left", LEANING)
@KINDS
@pytest.mark.usefixtures("separate")
def test_what_people_lean_on_is_not_deleted(wp: WordPress, desk: Desk, left: str) -> None:
    gallery = published(desk)
    post_id = int(desk.post()["ID"] or 0)
    for each in (gallery, post_id):
        work(wp, each, LEANING[left])
    assert desk.retract("delete", 2).json()["data"]["to"] == "trash"
    states = [
        wp.value(f"SELECT post_status FROM wp_posts WHERE ID = {each}")
        for each in (gallery, post_id)
    ]
    assert states == ["draft", "trash"]


@KINDS
@pytest.mark.usefixtures("separate")
def test_a_gallery_baseline_of_before_knows_neither(wp: WordPress, desk: Desk) -> None:
    gallery = published(desk)
    wp.php(
        f"$id = {desk.post()['ID']}; $kept = json_decode(get_post_meta($id, '_igny8_baseline',"
        " true), true); foreach (array('excerpt', 'slug') as $name) {"
        " unset($kept['fields'][\"gallery_post:$name\"]); }"
        " update_post_meta($id, '_igny8_baseline', wp_slash(wp_json_encode($kept)));"
    )
    work(wp, gallery, "".join(COLUMNS.values()))
    assert desk.status()["post"]["edited_there"] is False
    desk.publish(piece(desk, 2, gallery=pictures(desk, 1), title="Newer"))
    assert row(wp, gallery)["post_excerpt"] == "By a person"


@pytest.mark.parametrize("default", ["open", "closed"])
@KINDS
def test_switched_comments_are_told_from_another_default(
    wp: WordPress, desk: Desk, default: str
) -> None:
    """A person has closed them, and since then the website's default is the same."""
    post_id = int(desk.publish(piece(desk, 1))["post_id"])
    work(wp, post_id, LEANING["no comments"])
    desk.publish(piece(desk, 2, title="Newer"))
    wp.set_option("default_comment_status", default)
    try:
        assert desk.retract("delete", 3).json()["data"]["to"] == "trash"
    finally:
        wp.set_option("default_comment_status", "open")


@pytest.mark.parametrize("left", [*BESIDE, *COLUMNS, *MACHINES])
@KINDS
@pytest.mark.usefixtures("separate")
def test_retracting_deletes_nothing_that_people_left(wp: WordPress, desk: Desk, left: str) -> None:
    """Neither on the post nor on its gallery post."""
    gallery = published(desk)
    post_id = int(desk.post()["ID"] or 0)
    for each in (gallery, post_id):
        work(wp, each, (BESIDE | COLUMNS | MACHINES)[left])
    before = [everything(wp, each)[1:] for each in (gallery, post_id)]
    data = desk.retract("delete", 2).json()["data"]
    states = [
        wp.value(f"SELECT post_status FROM wp_posts WHERE ID = {each}")
        for each in (gallery, post_id)
    ]
    if left in MACHINES:
        assert (states, data["post_status"]) == ([None, None], None)
        return
    assert (states, data["post_status"]) == (["draft", "trash"], "trash")
    after = [everything(wp, each)[1:] for each in (gallery, post_id)]
    for comment in after[0][1] + after[1][1]:
        comment["comment_approved"] = "1"
    assert [one[:2] for one in after] == [one[:2] for one in before]
    autosaves = [[each for each in one[2] if "autosave" in str(each)] for one in before]
    assert all(each in after[n][2] for n, one in enumerate(autosaves) for each in one)


@pytest.mark.parametrize("left", [*BESIDE, *COLUMNS])
@KINDS
@pytest.mark.usefixtures("separate")
def test_a_gallery_goes_where_its_post_goes(wp: WordPress, desk: Desk, left: str) -> None:
    """Somebody has left something on the post, nobody on its gallery post."""
    gallery = published(desk)
    post_id = int(desk.post()["ID"] or 0)
    work(wp, post_id, (BESIDE | COLUMNS)[left])
    before = row(wp, gallery)["post_content"]
    assert desk.retract("delete", 2).json()["data"]["to"] == "trash"
    after = row(wp, gallery)
    assert (after["post_status"], after["post_content"]) == ("trash", before)
    assert desk.status()["post"]["is_public"] is False
    assert desk.retract("delete", 3).json()["data"]["to"] == "trash"
    assert row(wp, gallery)["post_status"] == "trash"


# What people do with a term, in PHP, and whether it is theirs then.
TERMS = {
    "renamed": ("wp_update_term($id, $taxonomy, array('name' => 'By a person ' . $id));", True),
    "described": ("wp_update_term($id, $taxonomy, array('description' => 'An essay'));", True),
    "another address": ("wp_update_term($id, $taxonomy, array('slug' => 'theirs-' . $id));", True),
    "a picture": ("update_term_meta($id, 'thumbnail_id', get_option('site_icon'));", True),
    "counted by a shop": ("update_term_meta($id, 'product_count_product_tag', '3');", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize("done", TERMS)
@KINDS
def test_a_term_that_a_person_took_over(wp: WordPress, desk: Desk, done: str) -> None:
    number = desk.content_id
    names = [{"name": f"R&D 5%ab {number}"}, {"name": f"C++ {number}"}, {"name": f"C# {number}"}]
    body = desk.body(title="Team new", categories=names, tags=names)
    die(wp, desk, body, DEATHS["saved"])
    terms = (
        "SELECT t.term_id, x.taxonomy, name, slug, description FROM wp_terms t JOIN"
        f" wp_term_taxonomy x ON x.term_id = t.term_id WHERE name LIKE '% {number}'"
    )
    made = wp.sql(terms)
    assert len(made) == 6
    ids = ", ".join(str(one["term_id"]) for one in made)
    for one in made:
        wp.php(f"$id = {one['term_id']}; $taxonomy = '{one['taxonomy']}'; {TERMS[done][0]}")
    terms = terms[: terms.index("name LIKE")] + f"t.term_id IN ({ids})"
    before = wp.sql(terms)
    desk.abandon(body)
    assert wp.sql(terms) == (before if TERMS[done][1] else [])


@pytest.mark.parametrize("to", ["trash", "draft"])
@KINDS
@pytest.mark.usefixtures("separate")
def test_comments_go_back_into_the_trash_with_a_refused_update(
    wp: WordPress, desk: Desk, to: str
) -> None:
    gallery = published(desk)
    posts = (gallery, int(desk.post()["ID"] or 0))
    for each in posts:
        wp.php(f"$id = {each}; {COMMENT} {MACHINES['spam']}")
    desk.retract(to, 2)
    before = [everything(wp, each)[:3] for each in posts]
    with wp.mu_plugin(REFUSALS["put to pending"]):
        refusal(
            desk.send(piece(desk, 3, title="This may fail", gallery=pictures(desk))),
            500,
            "POST_PUBLISH_FAILED",
        )
    assert [everything(wp, each)[:3] for each in posts] == before
    desk.publish(piece(desk, 4, title="Newest", gallery=pictures(desk)))
    for each in posts:
        assert [one["comment_approved"] for one in everything(wp, each)[2]] == ["1", "spam"]
