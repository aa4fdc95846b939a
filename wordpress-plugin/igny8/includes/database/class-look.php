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

	/** Posts from before a moment that were changed since: moment → ids, null where nobody could say in time. @var array */
	private static $changed = array();

	/**
	 * Whether there is a row; yes where the database refuses to say, or not in time.
	 *
	 * @param string $where Prepared SQL after FROM.
	 */
	public static function finds( $where ) {
		return self::column( '1', "$where LIMIT 1" ) !== array();
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
	 * SQL: a post was written since a moment. WordPress gives new drafts no time, and others the one
	 * that they were given; older posts that were changed are sought once in a request, as no index has them.
	 *
	 * @param array|null $moment From moment(); null: since ever.
	 */
	public static function written_since( ?array $moment ) {
		global $wpdb;
		if ( ! $moment ) {
			return '1 = 1';
		}
		$since = $wpdb->prepare( 'post_modified_gmt >= %s', gmdate( 'Y-m-d H:i:s', $moment['time'] - self::SKEW ) );
		$known = $since . ' ' . (int) $moment['post'];

		self::$changed[ $known ] = self::$changed[ $known ] ?? self::column( 'ID', "$wpdb->posts WHERE $since AND ID <= " . (int) $moment['post'] );

		if ( null === self::$changed[ $known ] ) {
			return '1 = 1';
		}
		$ids = implode( ',', array_map( 'intval', array_merge( array( 0 ), self::$changed[ $known ] ) ) );
		return "( ID IN ( $ids ) OR ID > " . (int) $moment['post'] . ' )';
	}

	/**
	 * One column of the rows that there are; null where the database refuses to say, or not in time.
	 *
	 * @param string $column The column.
	 * @param string $where  Prepared SQL after FROM.
	 * @return array|null
	 */
	private static function column( $column, $where ) {
		global $wpdb;
		if ( self::is_over() ) {
			return null;
		}
		$began = microtime( true );
		$found = $wpdb->get_col( self::within( self::$left, $column ) . " FROM $where" );

		self::$left -= microtime( true ) - $began;
		return '' === $wpdb->last_error ? $found : null;
	}

	/** The beginning of a query that ends with an error after so many seconds: in a large database a small number is everywhere. */
	private static function within( $seconds, $column = '1' ) {
		global $wpdb;
		if ( false !== stripos( $wpdb->db_server_info(), 'mariadb' ) ) {
			return sprintf( 'SET STATEMENT max_statement_time=%F FOR SELECT %s', $seconds, $column );
		}
		return sprintf( 'SELECT /*+ MAX_EXECUTION_TIME(%d) */ %s', 1000 * $seconds + 1, $column );
	}
}
