"""The ways out, each looked at in both databases."""

from __future__ import annotations

import pytest

from tests.drift.house import House
from tests.support.pictures import PNG
from webapp.core.errors import Conflict
from webapp.publisher.delivery import ways_out
from webapp.publisher.records.taking import BOTH, HERE, THERE
from webapp.writer.models import Image

FIRST = "<p>The first paragraph, theirs.</p>\\n<p>The second paragraph.</p>"
TAGS = "wp_set_object_terms($id, array('Ours', 'Theirs'), 'post_tag');"
BOTH_TEXTS = "<p>The first paragraph, theirs.</p>\n<p>The second paragraph, ours.</p>"


def seen(house: House, content_id: int) -> str:
    """Look, and name what was found."""
    house.look()
    found = house.found(content_id)
    assert found is not None
    return found.over


@pytest.mark.both_databases
def test_theirs_becomes_a_revision_and_is_neither_drift_nor_a_change(house: House) -> None:
    content_id = house.published()
    house.edit(
        content_id,
        "'post_title' => 'Theirs'",
        f"'post_content' => \"{FIRST}\"",
        then="wp_set_object_terms($id, array('Ours', 'Theirs'), 'post_tag');",
    )
    over = seen(house, content_id)
    row = house.post(content_id)
    assert ways_out.accept(house.desk.system, house.desk.teammate, content_id, over) is None
    content = house.desk.content(content_id)
    assert (content.title, content.html) == ("Theirs", FIRST.replace("\\n", "\n"))
    assert (content.status, content.approved_hash) == ("published", content.content_hash)
    assert content.published_hash == content.content_hash
    assert house.before(content_id).fields["title"] == "Ours"
    assert house.post(content_id) == row, "there not a word has changed"
    house.look()
    assert house.kind(content_id) == ""
    house.desk.publish(content_id, force=True)
    house.desk.run_worker()
    assert house.desk.records_of(content_id)[-1].status == "published"
    assert house.post(content_id)["post_title"] == "Theirs"


def test_what_was_changed_again_meanwhile_is_not_taken_over_unseen(house: House) -> None:
    content_id = house.published()
    house.edit(content_id, "'post_title' => 'Theirs'")
    over = seen(house, content_id)
    house.edit(content_id, "'post_title' => 'Theirs again'")
    for way in (ways_out.accept, ways_out.overwrite):
        with pytest.raises(Conflict):
            way(house.desk.system, house.desk.teammate, content_id, over)
    assert house.desk.content(content_id).title == "Ours"
    found = house.found(content_id)
    assert found is not None
    assert (found.there or {})["title"] == "Theirs again"


def test_of_each_field_what_was_chosen_goes_out_again(house: House) -> None:
    content_id = house.published()
    house.edit(content_id, "'post_title' => 'Theirs'", f"'post_content' => \"{FIRST}\"")
    ours = "<p>The first paragraph.</p>\n<p>The second paragraph, ours.</p>"
    house.desk.edit(content_id, html=ours, excerpt="Ours, newer", keep_approved=True)
    over = seen(house, content_id)
    takes = {"title": THERE, "html": BOTH, "excerpt": HERE}
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, over, takes)
    house.desk.run_worker()
    post = house.post(content_id)
    assert (post["post_title"], post["post_excerpt"]) == ("Theirs", "Ours, newer")
    assert post["post_content"] == BOTH_TEXTS
    assert house.desk.content(content_id).status == "published"
    house.look()
    assert house.kind(content_id) == ""


def test_publishing_over_it_keeps_what_it_replaces(house: House) -> None:
    content_id = house.published()
    house.edit(content_id, "'post_title' => 'Theirs'")
    over = seen(house, content_id)
    ways_out.overwrite(house.desk.system, house.desk.teammate, content_id, over)
    house.desk.run_worker()
    assert house.post(content_id)["post_title"] == "Ours"
    assert house.before(content_id).fields["title"] == "Theirs"
    content = house.desk.content(content_id)
    assert (content.title, content.status, house.kind(content_id)) == ("Ours", "published", "")


@pytest.mark.parametrize("how", ["draft", "gone"])
def test_offline_there_is_offline_here_and_can_be_published_anew(house: House, how: str) -> None:
    content_id = house.published()
    then = "wp_delete_post($id, true);" if how == "gone" else ""
    house.edit(content_id, *([] if then else ["'post_status' => 'draft'"]), then=then)
    over = seen(house, content_id)
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, over)
    content = house.desk.content(content_id)
    assert (content.site_status, content.external_url) == ("not_published", "")
    assert (content.status, house.kind(content_id)) == ("approved", "")
    house.look()
    assert house.kind(content_id) == ""
    house.desk.publish(content_id)
    house.desk.run_worker()
    assert house.desk.records_of(content_id)[-1].status == "published"
    assert house.post(content_id)["post_status"] == "publish"


def test_what_is_gone_is_published_again(house: House) -> None:
    content_id = house.published()
    house.edit(content_id, then="wp_delete_post($id, true);")
    over = seen(house, content_id)
    ways_out.overwrite(house.desk.system, house.desk.teammate, content_id, over)
    house.desk.run_worker()
    assert house.post(content_id)["post_status"] == "publish"
    assert house.kind(content_id) == ""


def test_another_post_is_the_piece_and_all_of_it_is_told(house: House) -> None:
    content_id = house.published()
    old = house.post(content_id)
    other = house.wp.php(
        "echo wp_insert_post(array('post_title' => 'By hand', 'post_content' => '<p>By hand.</p>',"
        " 'post_status' => 'publish'));"
    ).strip()
    ways_out.relink(house.desk.system, house.desk.teammate, content_id, other)
    content = house.desk.content(content_id)
    assert (content.external_id, content.published_hash) == (other, "")
    assert house.kind(content_id) == "edited_there"
    found = house.found(content_id)
    assert found is not None
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, found.over)
    content = house.desk.content(content_id)
    assert (content.title, content.html) == ("By hand", "<p>By hand.</p>")
    assert content.published_hash == content.content_hash
    rows = house.wp.sql(f"SELECT * FROM wp_posts WHERE ID = {old['ID']}")
    assert rows == [old], "the post of before is left alone"


def test_pictures_of_the_text_stay_ours_and_another_featured_image_is_taken(house: House) -> None:
    content_id = house.desk.write(
        title="Ours", html='<p>Look.</p>\n<p><img src="igny8:map" alt="Map"></p>'
    )
    house.desk.add_image(content_id, image_type="in_article", ref="map", data=PNG)
    house.desk.approve(content_id)
    house.desk.publish(content_id)
    house.desk.run_worker()
    # The same picture, as somebody chooses it in the media library.
    house.edit(
        content_id,
        "'post_content' => str_replace('Look.', 'Look there.', get_post($id)->post_content)",
        then="set_post_thumbnail($id, get_children(array('post_parent' => $id,"
        " 'post_type' => 'attachment', 'fields' => 'ids'))[0]);",
    )
    over = seen(house, content_id)
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, over)
    content = house.desk.content(content_id)
    assert content.html == '<p>Look there.</p>\n<p><img src="igny8:map" alt="Map"></p>'
    featured = [one for one in house.desk.rows(Image) if one.image_type == "featured"]
    assert featured[0].image_url.startswith(house.wp.url)
    assert content.published_hash == content.content_hash
    house.look()
    assert house.kind(content_id) == ""


def test_what_was_taken_over_once_stays_when_more_is_taken_over(house: House) -> None:
    """The plugin tells a change as one against what was accepted; so do we."""
    content_id = house.published()
    house.edit(content_id, "'post_title' => 'Theirs'", then=TAGS)
    over = seen(house, content_id)
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, over)
    house.edit(content_id, "'post_excerpt' => 'Theirs, too'")
    over = seen(house, content_id)
    ways_out.accept(house.desk.system, house.desk.teammate, content_id, over)
    content = house.desk.content(content_id)
    assert (content.title, content.excerpt) == ("Theirs", "Theirs, too")
    assert content.published_hash == content.content_hash
