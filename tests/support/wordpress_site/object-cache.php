<?php
// A persistent object cache for tests: one file for each key, shared by all PHP processes.
class WP_Object_Cache {
    private $top;
    private $temporary = array('counts', 'plugins', 'theme_json');
    private $memory = array();

    public function __construct() {
        $this->top = WP_CONTENT_DIR . '/object-cache';
        is_dir($this->top) || mkdir($this->top);
    }

    public function add_temporary($groups) {
        $this->temporary = array_merge($this->temporary, (array) $groups);
    }

    public function get($key, $group, &$found = null) {
        $path = $this->path($key, $group);
        if (in_array($group, $this->temporary, true)) {
            $found = array_key_exists($path, $this->memory);
            return $found ? $this->copy($this->memory[$path]) : false;
        }
        $text = is_file($path) ? (string) @file_get_contents($path) : '';
        $found = $text !== '';
        return $found ? unserialize($text) : false;
    }

    public function set($key, $value, $group) {
        $path = $this->path($key, $group);
        if (in_array($group, $this->temporary, true)) {
            $this->memory[$path] = $this->copy($value);
            return true;
        }
        $new = $path . '.' . bin2hex(random_bytes(4));
        return file_put_contents($new, serialize($value)) && rename($new, $path);
    }

    public function delete($key, $group) {
        $path = $this->path($key, $group);
        unset($this->memory[$path]);
        return is_file($path) && @unlink($path);
    }

    public function flush() {
        file_put_contents($this->top . '/flushed', "flushed\n", FILE_APPEND);
        $this->memory = array();
        array_map('unlink', glob($this->top . '/*.cache'));
        return true;
    }

    private function copy($value) {
        return is_object($value) ? clone $value : $value;
    }

    private function path($key, $group) {
        return $this->top . '/' . md5(($group ?: 'default') . ':' . $key) . '.cache';
    }
}

function wp_cache_init() { $GLOBALS['wp_object_cache'] = new WP_Object_Cache(); }
function wp_cache_get($key, $group = '', $force = false, &$found = null) {
    return $GLOBALS['wp_object_cache']->get($key, $group, $found);
}
function wp_cache_set($key, $value, $group = '', $expire = 0) {
    return $GLOBALS['wp_object_cache']->set($key, $value, $group);
}
function wp_cache_add($key, $value, $group = '', $expire = 0) {
    $found = false;
    wp_cache_get($key, $group, false, $found);
    return !$found && !wp_suspend_cache_addition() && wp_cache_set($key, $value, $group);
}
function wp_cache_replace($key, $value, $group = '', $expire = 0) {
    $found = false;
    wp_cache_get($key, $group, false, $found);
    return $found && wp_cache_set($key, $value, $group);
}
function wp_cache_delete($key, $group = '') { return $GLOBALS['wp_object_cache']->delete($key, $group); }
function wp_cache_flush() { return $GLOBALS['wp_object_cache']->flush(); }
function wp_cache_incr($key, $by = 1, $group = '') {
    $value = wp_cache_get($key, $group);
    return $value === false ? false : (wp_cache_set($key, max(0, $value + $by), $group) ? max(0, $value + $by) : false);
}
function wp_cache_decr($key, $by = 1, $group = '') { return wp_cache_incr($key, -$by, $group); }
function wp_cache_get_multiple($keys, $group = '', $force = false) {
    return array_combine($keys, array_map(function ($key) use ($group) { return wp_cache_get($key, $group); }, $keys));
}
function wp_cache_many($verb, array $data, $group) {
    $done = array();
    foreach ($data as $key => $value) {
        $done[$key] = $verb($key, $value, $group);
    }
    return $done;
}
function wp_cache_add_multiple(array $data, $group = '', $expire = 0) { return wp_cache_many('wp_cache_add', $data, $group); }
function wp_cache_set_multiple(array $data, $group = '', $expire = 0) { return wp_cache_many('wp_cache_set', $data, $group); }
function wp_cache_delete_multiple(array $keys, $group = '') {
    return array_combine($keys, array_map(function ($key) use ($group) { return wp_cache_delete($key, $group); }, $keys));
}
function wp_cache_add_global_groups($groups) {}
function wp_cache_add_non_persistent_groups($groups) { $GLOBALS['wp_object_cache']->add_temporary($groups); }
function wp_cache_flush_runtime() { return true; }
function wp_cache_supports($feature) { return in_array($feature, array('add_multiple', 'set_multiple', 'get_multiple', 'delete_multiple', 'flush_runtime'), true); }
function wp_cache_switch_to_blog($id) {}
function wp_cache_close() { return true; }
