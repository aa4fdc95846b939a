<?php
/**
 * Looking through the website.
 *
 * @package Igny8
 */

namespace Igny8\Database;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- long looks with a limit; whoever asks prepares every value.

/** Asks whether some row exists. All looks of one request share a limit of time: who cannot say until then says yes. */
final class Look {

	/** Seconds that all looks of one request may take together. */
	const SECONDS = 10.0;

	/** Seconds by which the clocks of two servers may differ. */
	const SKEW = 60;

	/** Seconds that are left of them. @var float */
	private static $left = self::SECONDS;

	/**
	 * Whether there is a row; yes where the database refuses to say, or not in time.
	 *
	 * @param string $where Prepared SQL after FROM.
	 */
	public static function finds( $where ) {
		global $wpdb;
		if ( self::is_over() ) {
			return true;
		}
		$began = microtime( true );
		$found = $wpdb->get_var( self::within( self::$left ) . " FROM $where LIMIT 1" );

		self::$left -= microtime( true ) - $began;
		return $found || '' !== $wpdb->last_error;
	}

	/** Whether the time of this request is used up. */
	public static function is_over() {
		return self::$left <= 0;
	}

	/** This moment, so that a later look passes by what was written before. */
	public static function moment() {
		global $wpdb;
		return array(
			'time' => time(),
			'post' => (int) $wpdb->get_var( "SELECT MAX(ID) FROM $wpdb->posts" ),
		);
	}

	/**
	 * SQL: a post was written since a moment; WordPress gives new drafts no moment, and others the date that they were given.
	 *
	 * @param array|null $moment From moment(); null: since ever.
	 */
	public static function written_since( ?array $moment ) {
		global $wpdb;
		$since = gmdate( 'Y-m-d H:i:s', ( $moment['time'] ?? 0 ) - self::SKEW );
		return $moment ? $wpdb->prepare( '( post_modified_gmt >= %s OR ID > %d )', $since, $moment['post'] ) : '1 = 1';
	}

	/** The beginning of a query that ends with an error after so many seconds: in a large database a small number is everywhere. */
	private static function within( $seconds ) {
		global $wpdb;
		if ( false !== stripos( $wpdb->db_server_info(), 'mariadb' ) ) {
			return sprintf( 'SET STATEMENT max_statement_time=%F FOR SELECT 1', $seconds );
		}
		return sprintf( 'SELECT /*+ MAX_EXECUTION_TIME(%d) */ 1', 1000 * $seconds + 1 );
	}
}
