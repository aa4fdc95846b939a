<?php
/**
 * Who calls.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Database\Database;
use Igny8\Rest\Input;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the plugin's own table; every value is prepared.

/**
 * The app that a call comes from. Its content ids are its own: those of another one are others.
 *
 * A copy of an app's database has its name too. So each call says from which address it comes, and a
 * stamp, `generation.counter.mark`: the counter grows every day, the generation when a person says
 * that the app has moved or was restored, and the mark is random. What is known of an installation
 * only moves on: a call with an older stamp, with another mark, or from another address without a
 * newer generation comes from a copy, and is refused.
 */
final class Installation {

	const UUID  = '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D';
	const STAMP = '/^(\d{1,9})\.(\d{1,9})\.([0-9a-f]{16})$/D';

	/** Seconds in which calls that were begun with the stamp before may still arrive. */
	const ON_THE_WAY = 10 * MINUTE_IN_SECONDS;

	/**
	 * The name that the calling app gave itself, '' for an app that has none yet.
	 *
	 * @param \WP_REST_Request $request The call.
	 * @throws Problem CONTENT_INVALID.
	 */
	public static function of( \WP_REST_Request $request ) {
		$given = (string) $request->get_header( 'x_igny8_installation' );
		if ( '' !== $given && ! preg_match( self::UUID, $given ) ) {
			Input::refuse( 'X-IGNY8-Installation', 'must be a UUID' );
		}
		return $given;
	}

	/**
	 * Lets the installation in, unless this is a copy of it.
	 *
	 * @param \WP_REST_Request $request The call.
	 * @throws Problem CONTENT_INVALID, INSTALLATION_COPIED.
	 */
	public static function check( \WP_REST_Request $request ) {
		$name = self::of( $request );
		if ( '' === $name ) {
			return;
		}
		$address = (string) $request->get_header( 'x_igny8_address' );
		$stamp   = (string) $request->get_header( 'x_igny8_stamp' );
		if ( ! preg_match( '#^https?://[^/\s]{1,200}$#D', $address ) ) {
			Input::refuse( 'X-IGNY8-Address', 'must be the address of the app' );
		}
		if ( ! preg_match( self::STAMP, $stamp ) ) {
			Input::refuse( 'X-IGNY8-Stamp', 'must be a stamp such as 1.17.0123456789abcdef' );
		}
		$known = self::known( $name, $address, $stamp );
		$order = self::order( $stamp, $known['stamp'] );
		$same  = self::place( $address ) === self::place( $known['address'] );
		if ( ! $same && $order < 2 ) {
			throw self::copied( 'address', $known );
		}
		$is_late = $stamp === $known['previous'] && time() - (int) $known['changed_at'] < self::ON_THE_WAY;
		if ( $stamp !== $known['stamp'] && $order <= 0 && ! $is_late ) {
			throw self::copied( 'stamp', $known );
		}
		if ( $order > 0 ) {
			self::remember( $name, $address, $stamp, $known['stamp'] );
		}
	}

	/** What is known of an installation; from its first call on, that it is the one that made it. */
	private static function known( $name, $address, $stamp ) {
		global $wpdb;
		$select = $wpdb->prepare( 'SELECT * FROM ' . Database::installations() . ' WHERE installation = %s', $name );
		$row    = $wpdb->get_row( $select, ARRAY_A );
		if ( ! $row ) {
			Database::run( $wpdb->prepare( 'INSERT IGNORE INTO ' . Database::installations() . ' (installation, address, stamp, changed_at) VALUES (%s, %s, %s, %d)', $name, $address, $stamp, time() ) );
			$row = $wpdb->get_row( $select, ARRAY_A );
		}
		if ( ! $row ) {
			throw Database::problem( $wpdb->last_error, 'connection' );
		}
		return $row;
	}

	/** The installation has a newer stamp; the one that another call brings meanwhile is not set back. */
	private static function remember( $name, $address, $stamp, $before ) {
		global $wpdb;
		$sql = 'UPDATE ' . Database::installations() . ' SET address = %s, stamp = %s, previous = %s, changed_at = %d WHERE installation = %s AND stamp = %s';
		Database::run( $wpdb->prepare( $sql, $address, $stamp, $before, time(), $name, $before ) );
	}

	/** -1: older, 0: as new, 1: newer, 2: newer by the word of a person. */
	private static function order( $stamp, $known ) {
		preg_match( self::STAMP, $stamp, $a );
		preg_match( self::STAMP, $known, $b );
		return (int) $a[1] > (int) $b[1] ? 2 : array( (int) $a[1], (int) $a[2] ) <=> array( (int) $b[1], (int) $b[2] );
	}

	/** Where an address leads, whatever its scheme. On one's own machine ports come and go. */
	private static function place( $address ) {
		$parts = wp_parse_url( strtolower( $address ) );
		$host  = $parts['host'] ?? '';
		if ( preg_match( '/^(localhost|127\.[0-9.]+|\[::1\])$/D', $host ) ) {
			return 'here';
		}
		$port = (int) ( $parts['port'] ?? 0 );
		return in_array( $port, array( 0, 80, 443 ), true ) ? $host : "$host:$port";
	}

	/** The refusal of a copy. */
	private static function copied( $by, array $known ) {
		return new Problem(
			'INSTALLATION_COPIED',
			sprintf( 'This IGNY8 has the name of the one at %s: one of the two is a copy.', $known['address'] ),
			'connection',
			array(
				'by'      => $by,
				'address' => $known['address'],
			)
		);
	}
}
