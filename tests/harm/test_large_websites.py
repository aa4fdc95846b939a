"""Looking through a website whether an image is used: what is read, what is not, and how often."""

from __future__ import annotations

import json

import pytest

from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.images import png

# A post that names an image was there before it, is saved later, and is written with an old date.
SINCE = """
global $wpdb;
$name = wp_generate_uuid4();
$id = wp_insert_post(array('post_type' => 'attachment', 'post_title' => $name));
update_post_meta($id, '_wp_attached_file', "2026/11/$name.png");
$old = wp_insert_post(array('post_title' => 'x', 'post_status' => 'publish'));
$content = "<img src='/2026/11/$name.png'>";
$was = array('post_content' => $content, 'post_modified_gmt' => '2020-01-01 00:00:00');
$wpdb->update($wpdb->posts, $was, array('ID' => $old));
$since = Igny8\\Database\\Look::moment();
$look = function ($since) use ($id) {
    return (new Igny8\\Media\\Usage($id, false, $since))->is_found();
};
$found = array($look(null), $look($since));
wp_update_post(array('ID' => $old, 'post_content' => $content));
$since['time']--; // as of another request
$found[] = $look($since);
wp_delete_post($old, true);
foreach (array('draft', 'publish') as $status) {
    $new = wp_insert_post(array('post_title' => 'x', 'post_content' => $content,
        'post_date' => '2020-01-01 00:00:00', 'post_status' => $status));
    $found[] = $look($since);
    wp_delete_post($new, true);
}
echo json_encode($found);
"""


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_what_was_written_before_an_image_was_there_is_no_use(wp: WordPress) -> None:
    """Of a large website only what was written since must be read, whatever date it was given."""
    assert json.loads(wp.php(SINCE)) == [True, False, True, True, True]


# Tables of other plugins, and whether what they say of an image is a use.
TABLES = {
    "slider": ("wp_sliders", "params longtext", True),
    "slider of a name": ("wp_my_slides", "title varchar(20), image varchar(300)", True),
    "latin": ("wp_old_slides", "image varchar(300) CHARACTER SET latin1 COLLATE latin1_bin", True),
    "another website": ("other_slides", "params longtext", False),
    "a website of a network": ("wp_2_slides", "params longtext", False),
    "an optimiser": ("wp_shortpixel_postmeta", "params longtext", False),
    "an index": ("wp_yoast_indexable", "permalink longtext", False),
    "numbers": ("wp_numbers", "params longtext", False),
}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_tables_of_other_plugins_are_looked_through(wp: WordPress, desk: Desk, table: str) -> None:
    name, columns, stays = TABLES[table]
    wp.sql(f"CREATE TABLE {name} (id int, {columns})")
    wp.set_option("igny8_settings", {"remove_unused_images": True})
    try:
        image = {"sha256": desk.stage(png(140)), "filename": f"Ü b {desk.content_id}.png"}
        desk.publish(desk.body(featured_image=image))
        image_id = desk.meta()["_thumbnail_id"]
        url = wp.php(f"echo wp_get_attachment_url({image_id});")
        says = image_id if table == "numbers" else json.dumps({"bg": {"image": url}})
        column = columns.split(", ")[-1].split(" ")[0]
        wp.sql(f"INSERT INTO {name} (id, {column}) VALUES (1, '{says}')")
        desk.publish(desk.body(intent=2, title="Newer"))
        left = wp.sql(f"SELECT ID FROM wp_posts WHERE ID = {image_id}")
        assert bool(left) is stays
    finally:
        wp.sql(f"DROP TABLE {name}")
        wp.set_option("igny8_settings", {})


@pytest.mark.parametrize("kind", ["6.8", "6.1 MyISAM"], indirect=True)
def test_a_large_website_is_not_looked_through_again_on_the_same_day(
    wp: WordPress, desk: Desk
) -> None:
    """It costs every update its time, and removes nothing; the settings say so."""
    wp.set_option("igny8_settings", {"remove_unused_images": True})
    slow = (
        "add_filter('query', function ($sql) { if (strpos($sql, 'REGEXP')) {"
        " update_option('of_test', 1 + get_option('of_test', 0)); $left = new"
        " ReflectionProperty('Igny8\\\\Database\\\\Look', 'left'); $left->setAccessible(true);"
        " $left->setValue(null, 0.0); } return $sql; });"
    )
    page = "igny8_settings_page"
    show = (
        "require_once ABSPATH . 'wp-admin/includes/admin.php'; wp_set_current_user(1);"
        f" ob_start(); Igny8\\Admin\\Settings_Page::show(); ${page} = ob_get_clean();"
        f" echo (int) (strpos(${page}, 'took too long') > 0);"
    )
    try:
        pictures = [{"sha256": desk.stage(png(140 + n))} for n in range(2)]
        desk.publish(desk.body(featured_image=pictures[0], gallery=pictures[1:]))
        ids = f"{desk.meta()['_thumbnail_id']}"
        with wp.mu_plugin(slow):
            desk.publish(desk.body(intent=2, title="Newer"))
            assert wp.get_option("of_test") == "1"
            desk.publish(desk.body(intent=3, title="Newer still"))
            assert wp.get_option("of_test") == "1"
        assert wp.php(show) == "1"
        assert wp.sql(f"SELECT ID FROM wp_posts WHERE ID IN ({ids})")
        wp.set_option("igny8_looked_too_long", 1000000000)  # long ago
        assert wp.php(show) == "1"
        desk.publish(desk.body(intent=4, title="Newest"))
        assert wp.sql(f"SELECT ID FROM wp_posts WHERE ID IN ({ids})") == []
        assert wp.php(show) == "0"
    finally:
        wp.php("delete_option('of_test'); delete_option('igny8_looked_too_long');")
        wp.set_option("igny8_settings", {})
