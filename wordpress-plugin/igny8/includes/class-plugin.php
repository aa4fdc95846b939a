<?php
/**
 * Every hook of the plugin, in one place.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Seo\Head;
use Igny8\Posts\Marks;
use Igny8\Rest\Debug_Log;
use Igny8\Rest\Output;
use Igny8\Rest\Routes;
use Igny8\Admin\Connection_Page;
use Igny8\Admin\Dashboard;
use Igny8\Admin\Post_Screens;
use Igny8\Admin\Settings_Page;
use Igny8\Admin\Site_Health;
use Igny8\Changes\Watch;
use Igny8\Cli\Commands;
use Igny8\Claim\Sweep;
use Igny8\Connection\Structure_Sync;
use Igny8\Terms\Taxonomies;
use Igny8\Admin\Website;
use Igny8\Update\Exchange;
use Igny8\Update\Offer;
use Igny8\Update\Start;

defined( 'ABSPATH' ) || exit;

/** Connects WordPress's hooks with the classes that do the work; does nothing else. */
final class Plugin {

	/** Registers the hooks. */
	public static function setup() {
		Output::begin();
		add_action( 'plugins_loaded', array( Setup::class, 'upgrade' ) );
		add_action( 'init', array( self::class, 'load_translations' ), 1 );
		add_action( 'init', array( Taxonomies::class, 'register' ), 20 );
		add_action( 'rest_api_init', array( Routes::class, 'register' ) );
		add_filter( 'rest_post_dispatch', array( Routes::class, 'shape_errors' ), 10, 3 );
		add_filter( 'rest_post_dispatch', array( Debug_Log::class, 'received' ), PHP_INT_MAX, 3 );
		add_action( 'rest_api_init', array( Site_Health::class, 'register' ) );
		add_filter( 'site_status_tests', array( Site_Health::class, 'add' ) );
		add_filter( 'wp_insert_attachment_data', array( Marks::class, 'keep_attachment' ), PHP_INT_MAX, 2 );
		add_filter( 'wp_insert_post_data', array( Marks::class, 'keep_post' ), PHP_INT_MAX, 2 );
		add_filter( 'wp_insert_term_data', array( Marks::class, 'keep_term' ), PHP_INT_MAX, 3 );
		add_action( Setup::SWEEP_HOOK, array( Sweep::class, 'run' ) );
		add_action( 'wp_head', array( Head::class, 'print_meta' ), 1 );
		add_filter( 'pre_get_document_title', array( Head::class, 'title' ), 20 );
		add_filter( 'get_canonical_url', array( Head::class, 'canonical' ), 10, 2 );
		add_action( Structure_Sync::HOOK, array( Structure_Sync::class, 'cron' ), 10, 2 );
		Watch::setup();
		self::keep_up_to_date();
		if ( defined( 'WP_CLI' ) && WP_CLI ) {
			add_action( 'cli_init', array( Commands::class, 'register' ) );
		}
		if ( is_admin() ) {
			add_action( 'admin_menu', array( Dashboard::class, 'add_page' ) );
			add_action( 'wp_dashboard_setup', array( Dashboard::class, 'add_widget' ) );
			add_action( 'admin_post_' . Dashboard::ACTION, array( Dashboard::class, 'act' ) );
			add_action( 'admin_init', array( Post_Screens::class, 'register' ) );
			add_action( 'add_meta_boxes', array( Post_Screens::class, 'add_box' ), 10, 2 );
			add_action( 'admin_menu', array( Settings_Page::class, 'add_page' ) );
			add_action( 'admin_notices', array( Website::class, 'ask' ) );
			add_action( 'admin_post_' . Website::ACTION, array( Website::class, 'answer' ) );
			add_action( 'admin_post_' . Settings_Page::ACTION, array( Settings_Page::class, 'save' ) );
			add_action( 'admin_post_' . Connection_Page::ACTION, array( Connection_Page::class, 'act' ) );
			add_action( 'admin_enqueue_scripts', array( Connection_Page::class, 'add_script' ) );
			add_action( 'wp_ajax_' . Structure_Sync::HOOK, array( Structure_Sync::class, 'ajax' ) );
			add_filter( 'plugin_action_links_' . plugin_basename( FILE ), array( Settings_Page::class, 'add_link' ) );
		}
	}

	/** Texts in the language of whoever reads them, as far as the plugin has it. */
	public static function load_translations() {
		load_plugin_textdomain( 'igny8', false, dirname( plugin_basename( FILE ) ) . '/languages' );
	}

	/** WordPress updates plugins on its screens, at night, and from the command line. */
	private static function keep_up_to_date() {
		add_filter( 'update_plugins_' . wp_parse_url( UPDATE_URI, PHP_URL_HOST ), array( Offer::class, 'answer' ), 10, 3 );
		add_filter( 'plugins_api', array( Offer::class, 'details' ), 10, 3 );
		add_filter( 'upgrader_pre_download', array( Exchange::class, 'fetch' ), PHP_INT_MAX, 4 );
		add_filter( 'upgrader_pre_install', array( Exchange::class, 'prepare' ), 1, 2 );
		add_filter( 'upgrader_post_install', array( Exchange::class, 'judge' ), PHP_INT_MAX, 2 );
		add_filter( 'upgrader_install_package_result', array( Exchange::class, 'settle' ), PHP_INT_MAX, 2 );
		add_action( 'upgrader_process_complete', array( Exchange::class, 'stay_closed' ), PHP_INT_MAX, 0 );
		foreach ( array( 'wp_ajax_', 'wp_ajax_nopriv_' ) as $hook ) {
			add_action( $hook . Start::ACTION, array( Start::class, 'answer' ) );
		}
	}
}
