<?php
// A request-like environment for scripts: cli.php [--install] SCRIPT
$_SERVER['HTTP_HOST'] = '127.0.0.1';
$_SERVER['SERVER_PROTOCOL'] = 'HTTP/1.1';
$_SERVER['REQUEST_METHOD'] = 'GET';
$_SERVER['REMOTE_ADDR'] = '127.0.0.1';
if (in_array('--install', $argv, true)) {
    define('WP_INSTALLING', true);
    function wp_new_blog_notification() {}
}
require __DIR__ . '/wp-load.php';
require end($argv);
