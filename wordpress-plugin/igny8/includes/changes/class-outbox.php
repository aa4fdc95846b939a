<?php
/**
 * What the app has not been told yet.
 *
 * @package Igny8
 */

namespace Igny8\Changes;

use Igny8\Database\Database;
use Igny8\Posts\Posts;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the plugin's own table; every value is prepared.

/**
 * One row per piece that was changed here. It says that something was, and by whom; what it is now is
 * read from the post when the app is told.
 */
final class Outbox {

	/** The table. */
	public static function table() {
		global $wpdb;
		return $wpdb->prefix . 'igny8_outbox';
	}

	/** Creates the table, or brings it up to date. `pending` stands for the difference that has `sequence`, `refused` says why it is put aside. */
	public static function create_table() {
		global $wpdb;
		$table   = self::table();
		$charset = $wpdb->get_charset_collate();
		dbDelta(
			"CREATE TABLE $table (
			installation char(36) NOT NULL,
			content_id bigint(20) unsigned NOT NULL,
			post_id bigint(20) unsigned NOT NULL,
			sequence int(10) unsigned NOT NULL DEFAULT 0,
			pending char(64) NOT NULL DEFAULT '',
			noted bigint(20) unsigned NOT NULL,
			changed_at bigint(20) unsigned NOT NULL,
			changed_by bigint(20) unsigned NOT NULL DEFAULT 0,
			changes int(10) unsigned NOT NULL DEFAULT 1,
			tries int(10) unsigned NOT NULL DEFAULT 0,
			next_try_at bigint(20) unsigned NOT NULL DEFAULT 0,
			refused varchar(500) NOT NULL DEFAULT '',
			PRIMARY KEY  (installation,content_id),
			KEY noted (noted),
			KEY post_id (post_id)
			) ENGINE=InnoDB $charset;"
		);
	}

	/**
	 * Notes that a post was changed, if it is a piece: the plugin's table names this very post, so a
	 * duplicate that has its meta is none.
	 *
	 * @param int $post_id The post.
	 * @return bool Whether it is a piece.
	 */
	public static function note( $post_id ) {
		global $wpdb;
		$content_id   = (int) get_post_meta( $post_id, Posts::CONTENT_ID, true );
		$installation = $content_id ? (string) get_post_meta( $post_id, Posts::INSTALLATION, true ) : '';
		if ( '' === $installation || ! self::is_its_post( $installation, $content_id, $post_id ) ) {
			return false;
		}
		$sql = 'INSERT INTO ' . self::table() . ' (installation, content_id, post_id, sequence, noted, changed_at, changed_by) VALUES (%s, %d, %d, %d, %d, %d, %d)
			ON DUPLICATE KEY UPDATE post_id = VALUES(post_id), sequence = GREATEST(sequence, VALUES(sequence)), changed_at = VALUES(changed_at), changed_by = VALUES(changed_by), changes = changes + 1, tries = 0, next_try_at = 0, refused = \'\'';
		$wpdb->query( $wpdb->prepare( $sql, $installation, $content_id, $post_id, (int) get_post_meta( $post_id, '_igny8_sequence', true ), (int) ( microtime( true ) * 1000000 ), time(), get_current_user_id() ) );
		return true;
	}

	/** We deleted the post ourselves: there is nothing to tell. */
	public static function forget_post( $post_id ) {
		global $wpdb;
		$wpdb->delete( self::table(), array( 'post_id' => $post_id ) );
	}

	/**
	 * Rows that wait, those that were noted first first.
	 *
	 * @param int  $most   Not more than these.
	 * @param bool $is_due Those whose turn it is; else those whose next try is later.
	 * @param int  $after  Only those noted after this.
	 * @return object[]
	 */
	public static function waiting( $most, $is_due, $after = 0 ) {
		global $wpdb;
		$sql = 'SELECT * FROM ' . self::table() . " WHERE refused = '' AND noted > %d AND " . ( $is_due ? 'next_try_at <= %d' : 'next_try_at > %d' ) . ' ORDER BY noted, content_id LIMIT %d';
		return $wpdb->get_results( $wpdb->prepare( $sql, $after, time(), $most ) );
	}

	/** How many pieces wait, and for how many seconds the first of them. */
	public static function report() {
		global $wpdb;
		$row = $wpdb->get_row( "SELECT SUM(refused = '') AS pieces, MIN(IF(refused = '', noted, NULL)) AS since, SUM(refused <> '') AS refused FROM " . self::table() );
		$age = $row && $row->since ? time() - intdiv( (int) $row->since, 1000000 ) : 0;
		return array(
			'waiting'        => $row ? (int) $row->pieces : 0,
			'oldest_seconds' => max( 0, $age ),
			'refused'        => $row ? (int) $row->refused : 0,
		);
	}

	/**
	 * What the app will never take as it is, with its reason.
	 *
	 * @return string[] A line for each, not more than ten.
	 */
	public static function refusals() {
		global $wpdb;
		$lines = array();
		foreach ( $wpdb->get_results( 'SELECT post_id, refused FROM ' . self::table() . " WHERE refused <> '' ORDER BY noted LIMIT 10" ) as $row ) {
			$title   = get_the_title( (int) $row->post_id );
			$lines[] = ( '' === $title ? __( '(without a title)', 'igny8' ) : $title ) . " ({$row->post_id}): {$row->refused}";
		}
		return $lines;
	}

	/** It is tried no more, until the post is changed again or an administrator says so. */
	public static function put_aside( $row, $reason ) {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table() . ' SET refused = %s WHERE installation = %s AND content_id = %d AND changes = %d', mb_substr( $reason, 0, 500 ), $row->installation, $row->content_id, $row->changes ) );
	}

	/** What was put aside waits again. */
	public static function take_up() {
		global $wpdb;
		$wpdb->query( 'UPDATE ' . self::table() . " SET refused = ''" );
	}

	/** The difference that is sent now, and its number in the post's history. */
	public static function pend( $row, $pending, $sequence ) {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table() . ' SET pending = %s, sequence = %d WHERE installation = %s AND content_id = %d', $pending, $sequence, $row->installation, $row->content_id ) );
	}

	/** The app knows what the row stood for; what was changed since it was read waits on. */
	public static function settle( $row ) {
		global $wpdb;
		$wpdb->query( $wpdb->prepare( 'DELETE FROM ' . self::table() . ' WHERE installation = %s AND content_id = %d AND changes = %d', $row->installation, $row->content_id, $row->changes ) );
	}

	/** The app has seen another number than was sent: where it is a higher one, the next is behind it. */
	public static function overtake( $row, $sent, $sequence ) {
		global $wpdb;
		if ( $sequence >= $sent ) {
			$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table() . " SET pending = '', sequence = GREATEST(sequence, %d) WHERE installation = %s AND content_id = %d", $sequence, $row->installation, $row->content_id ) );
		}
	}

	/** A row as it is by now. */
	public static function again( $row ) {
		global $wpdb;
		return $wpdb->get_row( $wpdb->prepare( 'SELECT * FROM ' . self::table() . ' WHERE installation = %s AND content_id = %d', $row->installation, $row->content_id ) );
	}

	/** It is tried again later, each time later than before. */
	public static function put_off( $row, $least = MINUTE_IN_SECONDS ) {
		global $wpdb;
		$pause = min( DAY_IN_SECONDS, max( $least, MINUTE_IN_SECONDS * 2 ** min( 11, (int) $row->tries ) ) );
		$wpdb->query( $wpdb->prepare( 'UPDATE ' . self::table() . ' SET tries = tries + 1, next_try_at = %d WHERE installation = %s AND content_id = %d AND changes = %d', time() + $pause, $row->installation, $row->content_id, $row->changes ) );
	}

	/** Whether the plugin's table says that the piece is this post, or was. */
	public static function is_its_post( $installation, $content_id, $post_id ) {
		global $wpdb;
		$sql = 'SELECT post_id FROM ' . Database::table() . ' WHERE installation = %s AND content_id = %d';
		return (int) $wpdb->get_var( $wpdb->prepare( $sql, $installation, $content_id ) ) === (int) $post_id;
	}
}
