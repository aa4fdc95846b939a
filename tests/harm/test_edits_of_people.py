"""What people change in WordPress is told as an edit, and stays where a publication is refused."""

from __future__ import annotations

import pytest

from tests.harm.test_gallery_post import pictures, piece
from tests.harm.test_half_offline import KINDS, status_of
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk


@KINDS
def test_another_type_and_another_seo_plugins_words_are_edits(wp: WordPress, desk: Desk) -> None:
    body = piece(desk, 1, meta_description="Ours")
    post_id = int(desk.publish(body)["post_id"])
    wp.php(f"set_post_type({post_id}, 'page');")
    told = desk.refused(piece(desk, 2, meta_description="Ours"), 409, "EDITED_THERE")["details"]
    assert "type" in [one["field"] for one in told["differences"]]
    wp.php(f"set_post_type({post_id}, 'post');")
    seo = "define('RANK_MATH_VERSION', '1.0');"
    with wp.mu_plugin(seo):
        for words in ("", "Ours"):
            wp.php(f"update_post_meta({post_id}, 'rank_math_description', '{words}');")
            assert desk.status()["post"]["edited_there"] is False
        wp.php(f"update_post_meta({post_id}, 'rank_math_description', 'By a person');")
        newer = piece(desk, 3, title="Newer", meta_description="Ours")
        told = desk.refused(newer, 409, "EDITED_THERE")["details"]
        assert [one["field"] for one in told["differences"]] == ["seo:rank_math_description"]
        over = piece(desk, 4, title="Newer", meta_description="Ours", over=told["over"])
        desk.publish(over)
        assert desk.status()["post"]["edited_there"] is False


MEANWHILE = {
    "writes": "$wpdb->update($wpdb->posts, array('post_content' => 'By a person',"
    " 'post_modified_gmt' => '2031-01-01 00:00:00'), array('ID' => $post->ID));",
    "comments": "wp_insert_comment(array('comment_post_ID' => $post->ID, 'comment_content' => 'A"
    " visitor', 'comment_approved' => 1));",
    "uses its image": "set_post_thumbnail(wp_insert_post(array('post_title' => 'x')), $image);",
}


@KINDS
@pytest.mark.parametrize("work", MEANWHILE)
def test_what_people_did_while_it_was_being_refused_stays(
    wp: WordPress, desk: Desk, work: str
) -> None:
    refuses = (
        "add_action('transition_post_status', function ($new, $old, $post) { global $wpdb;"
        " if ($new !== 'publish' || $old === 'publish') return;"
        f" $image = get_post_meta($post->ID, '_thumbnail_id', true); {MEANWHILE[work]}"
        " update_option('of_test', array($post->ID, $image)); $wpdb->update($wpdb->posts,"
        " array('post_status' => 'pending'), array('ID' => $post->ID));"
        " clean_post_cache($post->ID); }, 1, 3);"
    )
    with wp.mu_plugin(refuses):
        body = piece(desk, 1, featured_image=pictures(desk, 1)[0])
        desk.refused(body, 500, "POST_PUBLISH_FAILED")
    post_id, image = str(wp.php("echo implode(' ', get_option('of_test'));")).split()
    wp.php("delete_option('of_test');")
    if work == "uses its image":
        assert status_of(wp, int(image)) == "inherit"
        assert status_of(wp, int(post_id)) is None
    else:
        assert status_of(wp, int(post_id)) == "draft"
        text = wp.value(f"SELECT post_content FROM wp_posts WHERE ID = {post_id}")
        assert work != "writes" or text == "By a person"
