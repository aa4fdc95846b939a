<?php
// Tests only: WordPress looks for updates again. wordpress.org, which nobody reaches here, has none.
remove_all_filters('pre_site_transient_update_plugins');
add_filter('automatic_updater_disabled', '__return_false');
add_filter('pre_http_request', function ($answer, $options, $url) {
    if (parse_url($url, PHP_URL_HOST) !== 'api.wordpress.org') {
        return $answer;
    }
    $none = array('plugins' => array(), 'themes' => array(), 'no_update' => array(), 'translations' => array());
    return array('response' => array('code' => 200, 'message' => 'OK'), 'headers' => array(), 'cookies' => array(), 'body' => json_encode($none));
}, 10, 3);
