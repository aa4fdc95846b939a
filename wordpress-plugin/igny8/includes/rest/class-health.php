<?php
/**
 * Whether publishing would work right now.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Changes\Outbox;
use Igny8\Publish\Checks;
use Igny8\Database\Database;
use Igny8\Claim\Fence;
use Igny8\Media\Image_File;
use Igny8\Installation;
use Igny8\Options;
use Igny8\Posts\Posts;
use Igny8\Seo\Seo;
use Igny8\Update\Offer;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB, WordPress.WP.AlternativeFunctions -- tries the database and the disk themselves.

/** GET health: each check is really tried. */
final class Health {

	/** Registered only while a term is tried, so that nothing else on the site meets it. */
	const PROBE = 'igny8_probe';

	/** Name → the method that tries it. */
	const CHECKS = array(
		'api_connection'    => 'reach_app',
		'database'          => 'write_row',
		'media_uploads'     => 'write_file',
		'taxonomy_creation' => 'create_term',
	);

	/** These of the checks, each tried now: name → array( ok, message, ms ). */
	public static function checks( array $names ) {
		$found = array();
		foreach ( $names as $name ) {
			$found[ $name ] = self::attempt( array( self::class, self::CHECKS[ $name ] ) );
		}
		return $found;
	}

	/** The answer. */
	public static function answer( \WP_REST_Request $http ) {
		$checks = self::checks( array_keys( self::CHECKS ) );
		$seo    = Seo::active();
		return array(
			200,
			array(
				'status'        => in_array( false, wp_list_pluck( $checks, 'ok' ), true ) ? 'degraded' : 'healthy',
				'checks'        => $checks,
				'stats'         => self::stats(),
				'installation'  => self::installation( Installation::of( $http ) ),
				'changes'       => Outbox::report(),
				'versions'      => self::versions(),
				'updates'       => array(
					'automatic' => Offer::is_automatic(),
					'problem'   => Offer::problem(),
				),
				'limits'        => self::limits(),
				'seo_plugin'    => array(
					'active'             => $seo->name(),
					'version'            => $seo->version(),
					'keywords_supported' => $seo->supports_keywords(),
				),
				'site'          => array(
					'name'     => get_bloginfo( 'name' ),
					'url'      => home_url( '/' ),
					'timezone' => wp_timezone_string(),
					'language' => get_bloginfo( 'language' ),
				),
				'clock_utc'     => Posts::utc( time() ),
				'content_types' => array_values( array_filter( Options::content_types(), 'post_type_exists' ) ),
				'gallery'       => array(
					'limit'    => Options::gallery_limit(),
					'overflow' => Options::gallery_overflow(),
				),
				'transactions'  => Database::has_transactions(),
			),
		);
	}

	/** Runs a check; what it throws is its message. */
	private static function attempt( callable $check ) {
		$began   = microtime( true );
		$message = 'OK';
		$ok      = true;
		try {
			$check();
		} catch ( \Throwable $error ) {
			$ok      = false;
			$message = $error->getMessage();
		}
		return array(
			'ok'      => $ok,
			'message' => $message,
			'ms'      => (int) round( 1000 * ( microtime( true ) - $began ) ),
		);
	}

	/** The app answers and knows the key. */
	private static function reach_app() {
		App_Client::who_am_i( 3 );
	}

	/** A row of ours can be written; it is not kept. */
	private static function write_row() {
		Database::run( 'START TRANSACTION' );
		try {
			Database::run( 'INSERT INTO ' . Database::table() . " (content_id, publish_key, intent, attempt, seen_intent, seen_attempt, action, state, undo_list, result) VALUES (0, '', 0, 0, 0, 0, '', '', '', '')" );
		} finally {
			Database::run( 'ROLLBACK' );
		}
	}

	/** A file can be written where images go. */
	private static function write_file() {
		$uploads = wp_upload_dir();
		if ( $uploads['error'] ) {
			throw new \RuntimeException( $uploads['error'] );
		}
		$path = $uploads['path'] . '/igny8-' . bin2hex( random_bytes( 8 ) ) . '.tmp';
		// phpcs:ignore Generic.PHP.NoSilencedErrors -- the check's outcome is the answer.
		$written = @file_put_contents( $path, 'igny8' );
		if ( is_file( $path ) ) {
			unlink( $path );
		}
		if ( 5 !== $written ) {
			throw new \RuntimeException( 'The uploads directory is not writable.' );
		}
	}

	/** A term can be created; it is not kept. */
	private static function create_term() {
		register_taxonomy(
			self::PROBE,
			array(),
			array(
				'public'  => false,
				'rewrite' => false,
			)
		);
		$term = wp_insert_term( 'igny8-' . bin2hex( random_bytes( 4 ) ), self::PROBE );
		if ( ! is_wp_error( $term ) ) {
			wp_delete_term( $term['term_id'], self::PROBE );
		}
		unregister_taxonomy( self::PROBE );
		if ( is_wp_error( $term ) ) {
			throw new \RuntimeException( $term->get_error_message() );
		}
	}

	/** Whose posts stand here: the caller's, those that nobody has proven yet, and those of others. */
	private static function installation( $name ) {
		$counts = Posts::count_by_installation();
		$ours   = $counts[ $name ] ?? 0;
		$none   = '' === $name ? 0 : $counts[''] ?? 0;
		return array(
			'name'     => '' === $name ? null : $name,
			'ours'     => $ours,
			'unproven' => $none,
			'foreign'  => array_sum( $counts ) - $ours - $none,
		);
	}

	/** What was published here. */
	private static function stats() {
		global $wpdb;
		$last    = $wpdb->get_var( 'SELECT MAX(updated_at) FROM ' . Database::table() . " WHERE state = 'done' AND action = 'publish'" );
		$uploads = wp_upload_dir( null, false );
		$free    = function_exists( 'disk_free_space' ) && is_dir( $uploads['basedir'] ) ? disk_free_space( $uploads['basedir'] ) : false;
		return array(
			'posts_managed'   => (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM $wpdb->postmeta m JOIN $wpdb->posts p ON p.ID = m.post_id WHERE m.meta_key = %s AND p.post_type <> 'revision' AND " . Posts::is_itself( 'm' ), Posts::CONTENT_ID ) ),
			'last_publish'    => $last ? Posts::utc( (int) $last ) : null,
			'free_disk_bytes' => false === $free ? null : (int) $free,
		);
	}

	/** Versions of everything. */
	private static function versions() {
		global $wpdb;
		return array(
			'plugin'    => \Igny8\VERSION,
			'protocol'  => \Igny8\PROTOCOL,
			'wordpress' => get_bloginfo( 'version' ),
			'php'       => PHP_VERSION,
			'database'  => (string) $wpdb->db_server_info(),
		);
	}

	/** What this WordPress takes. */
	private static function limits() {
		$body = wp_convert_hr_to_bytes( ini_get( 'post_max_size' ) );
		return array(
			'max_image_bytes'   => Image_File::max_bytes(),
			'max_body_bytes'    => $body > 0 ? $body : null,
			'max_content_bytes' => Checks::max_content_bytes(),
			'max_images'        => Checks::MAX_IMAGES,
			'image_types'       => Image_File::accepted_types(),
			'max_time_limit'    => Fence::MAX_TIME_LIMIT,
		);
	}
}
