<?php
// What a person has on the site before we come: media named like ours, used in all places.
require_once ABSPATH . 'wp-admin/includes/image.php';
require_once ABSPATH . 'wp-admin/includes/file.php';

function person_uploads($name, $red) {
    $uploads = wp_upload_dir();
    $image = imagecreatetruecolor(900, 700);
    imagefill($image, 0, 0, imagecolorallocate($image, $red, 90, 90));
    $path = $uploads['path'] . '/' . wp_unique_filename($uploads['path'], $name);
    substr($name, -3) === 'png' ? imagepng($image, $path) : imagejpeg($image, $path);
    $id = wp_insert_attachment(array(
        'post_title' => pathinfo($name, PATHINFO_FILENAME), 'post_status' => 'inherit',
        'post_mime_type' => substr($name, -3) === 'png' ? 'image/png' : 'image/jpeg',
        'guid' => $uploads['url'] . '/' . wp_basename($path),
    ), $path);
    wp_update_attachment_metadata($id, wp_generate_attachment_metadata($id, $path));
    return $id;
}

$ids = array();
foreach (array('team.jpg', 'team-photo.png', 'logo.jpg', 'about-us.jpg') as $red => $name) {
    $ids[] = person_uploads($name, 20 * $red);
}
// Files that no attachment knows, put there by hand or by another plugin.
$path = wp_upload_dir()['path'];
foreach (array('team-2000x2000.jpg', 'team.webp', 'team-150x150.gif', 'hero-scaled.jpg') as $name) {
    file_put_contents("$path/$name", "by hand: $name");
}
foreach ($ids as $id) {
    use_everywhere($id);
}
$term = wp_insert_term('Person\'s own', 'category');
wp_set_object_terms(wp_insert_post(array('post_title' => 'Person\'s post', 'post_status' => 'publish')), $term['term_id'], 'category');

/** The ten places; each call adds to what is there. */
function use_everywhere($id) {
    foreach (places() as $place) {
        $place($id);
    }
}

function places() {
    $post = function ($fields) {
        return wp_insert_post(wp_slash($fields + array('post_title' => 'Person', 'post_status' => 'publish', 'post_content' => 'x')));
    };
    return array(
        'site icon' => function ($id) { update_option('site_icon', $id); },
        'logo' => function ($id) { set_theme_mod('custom_logo', $id); },
        'block widget' => function ($id) {
            $all = get_option('widget_block', array());
            $all[] = array('content' => "<!-- wp:image {\"id\":$id} --><figure class=\"wp-block-image\"></figure><!-- /wp:image -->");
            update_option('widget_block', $all);
        },
        'gallery shortcode' => function ($id) use ($post) { $post(array('post_content' => "[gallery ids=\"$id,99999999\"]")); },
        'block by id' => function ($id) use ($post) { $post(array('post_content' => "<!-- wp:cover {\"id\":$id} --><div></div><!-- /wp:cover -->", 'post_status' => 'private')); },
        'page builder' => function ($id) use ($post) { update_post_meta($post(array()), '_elementor_data', wp_slash("[{\"image\":{\"id\":$id}}]")); },
        'custom field' => function ($id) use ($post) { update_post_meta($post(array()), 'hero_image', (string) $id); },
        'term image' => function ($id) { $t = wp_insert_term("Person's $id", 'category'); update_term_meta($t['term_id'], 'thumbnail_id', (string) $id); },
        'product gallery' => function ($id) use ($post) { update_post_meta($post(array()), '_product_image_gallery', "99999998,$id"); },
        'trashed post' => function ($id) use ($post) { wp_trash_post($post(array('post_content' => '<img src="' . wp_get_attachment_url($id) . '">'))); },
    );
}
