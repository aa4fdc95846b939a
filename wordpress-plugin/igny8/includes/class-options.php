<?php
/**
 * What the administrator has set, with defaults.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/** Typed access to the plugin's options. */
final class Options {

	const SETTINGS       = 'igny8_settings';
	const API_KEY        = 'igny8_api_key';
	const APP_URL        = 'igny8_app_url';
	const SITE_ID        = 'igny8_site_id';
	const INTEGRATION_ID = 'igny8_integration_id';
	const HOME           = 'igny8_home';
	const HOME_HASH      = 'igny8_home_hash';

	/** When the app was told last that changes wait, and how often WP-Cron has brought them in vain. */
	const SIGNALLED   = 'igny8_signalled';
	const FLUSH_TRIES = 'igny8_flush_tries';

	/** When the app had got this website's structure last. */
	const STRUCTURE_SYNCED = 'igny8_structure_synced';

	const LOOKED_TOO_LONG = 'igny8_looked_too_long';

	/** Of the whole network: why the last update came to nothing. */
	const UPDATES = 'igny8_updates';

	const OVERFLOWS = array( 'skip', 'separate_post', 'inline' );

	/** Every option this plugin writes, for uninstalling. */
	const ALL = array(
		self::SETTINGS,
		self::API_KEY,
		self::APP_URL,
		self::SITE_ID,
		self::INTEGRATION_ID,
		self::HOME,
		self::HOME_HASH,
		self::LOOKED_TOO_LONG,
		self::SIGNALLED,
		self::FLUSH_TRIES,
		self::STRUCTURE_SYNCED,
		'igny8_db_version',
		'igny8_transactions',
		'igny8_connection',
	);

	/** The integration's API key, or '' before the plugin is connected. */
	public static function api_key() {
		return (string) get_option( self::API_KEY, '' );
	}

	/** The app's base URL without a trailing slash, or ''. */
	public static function app_url() {
		return untrailingslashit( (string) get_option( self::APP_URL, '' ) );
	}

	/** The website's address when it was connected, or ''. */
	public static function home() {
		return (string) get_option( self::HOME, '' );
	}

	/** The id that the app gave this site, or 0. */
	public static function site_id() {
		return (int) get_option( self::SITE_ID, 0 );
	}

	/** The id that the app gave this connection, or 0. */
	public static function integration_id() {
		return (int) get_option( self::INTEGRATION_ID, 0 );
	}

	/** Post types that may be published from the app. */
	public static function content_types() {
		return (array) self::setting( 'content_types', array( 'post', 'page', 'product' ) );
	}

	/** Whether terms that do not exist yet are created. */
	public static function auto_create_terms() {
		return (bool) self::setting( 'auto_create_terms', true );
	}

	/** Term id of the category used when a category may not be created. */
	public static function fallback_category() {
		return (int) self::setting( 'fallback_category', (int) get_option( 'default_category' ) );
	}

	/** How many gallery images a post takes, 1 to 20. */
	public static function gallery_limit() {
		return max( 1, min( 20, (int) self::setting( 'gallery_limit', 5 ) ) );
	}

	/** What happens with the images beyond the limit: one of OVERFLOWS. */
	public static function gallery_overflow() {
		$value = self::setting( 'gallery_overflow', 'skip' );
		return in_array( $value, self::OVERFLOWS, true ) ? $value : 'skip';
	}

	/** Whether images that a newer version no longer needs are removed where nothing uses them. */
	public static function remove_unused_images() {
		return (bool) self::setting( 'remove_unused_images', false );
	}

	/** When the last look for unused images took too long; 0: it did not. */
	public static function looked_too_long() {
		return (int) get_option( self::LOOKED_TOO_LONG, 0 );
	}

	/** User id for contents that come without an author; 0: the first administrator. */
	public static function default_author() {
		return (int) self::setting( 'default_author', 0 );
	}

	/** One value of the settings array, or the default where it was never saved. */
	private static function setting( $name, $fallback ) {
		$all = get_option( self::SETTINGS, array() );
		return is_array( $all ) && array_key_exists( $name, $all ) ? $all[ $name ] : $fallback;
	}
}
