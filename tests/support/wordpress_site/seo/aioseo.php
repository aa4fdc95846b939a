<?php
// Contract fixture for All in One SEO: what detection reads, its table, and a model that saves
// it as the plugin's own model does. It is not that plugin.
namespace AIOSEO\Plugin\Common\Models {
    class Post {
        public $id = null;
        public $post_id;
        public $title;
        public $description;
        public $canonical_url = null;
        public $keyphrases;
        public $robots_noindex = 0;

        public static function getPost($id) {
            global $wpdb;
            $model = new self();
            $row = $wpdb->get_row($wpdb->prepare("SELECT * FROM {$wpdb->prefix}aioseo_posts WHERE post_id = %d", $id));
            foreach ((array) $row as $name => $value) {
                $model->$name = $name === 'keyphrases' ? json_decode((string) $value) : $value;
            }
            return $model;
        }

        public function save() {
            global $wpdb;
            $row = get_object_vars($this);
            $row['keyphrases'] = $row['keyphrases'] ? wp_json_encode($row['keyphrases']) : null;
            unset($row['id']);
            $table = $wpdb->prefix . 'aioseo_posts';
            return $this->id ? $wpdb->update($table, $row, array('id' => $this->id)) : $wpdb->insert($table, $row);
        }
    }
}

namespace {
    define('AIOSEO_VERSION', '4.9.0');
    add_action('init', function () {
        global $wpdb;
        $wpdb->query("CREATE TABLE IF NOT EXISTS {$wpdb->prefix}aioseo_posts (id bigint PRIMARY KEY AUTO_INCREMENT,
            post_id bigint UNIQUE, title text, description text, canonical_url text, keyphrases longtext, robots_noindex tinyint) ENGINE=InnoDB");
    }, 0);
}
