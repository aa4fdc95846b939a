<?php
// PHP's own server: existing files as they are, everything else through WordPress, which may
// stand in a directory below the root.
$root = $_SERVER['DOCUMENT_ROOT'];
$prefix = (string) getenv('WP_PREFIX');
$path = rawurldecode((string) parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$file = realpath($root . $path);
if ($path !== $prefix . '/' && $file !== false && (is_file($file) || is_file($file . '/index.php'))) {
    if (is_dir($file) && substr($path, -1) !== '/') {
        header('Location: ' . $path . '/', true, 301);
        return true;
    }
    return false;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $prefix . '/index.php';
$_SERVER['SCRIPT_FILENAME'] = $root . $prefix . '/index.php';
chdir($root . $prefix);
require $root . $prefix . '/index.php';
