<?php
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Test site', 'admin', 'admin@example.test', true, '', 'admin-pass-1');
update_option('permalink_structure', '/%postname%/');
$theme = array_keys(wp_get_themes());
if ($theme) {
    switch_theme($theme[0]);
}
