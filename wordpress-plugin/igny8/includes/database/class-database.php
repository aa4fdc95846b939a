<?php
/**
 * Transactions, and errors that WordPress swallows.
 *
 * @package Igny8
 */

namespace Igny8\Database;

use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- this class is the plugin's database access.

/** What $wpdb does not offer. */
final class Database {

	/** The plugin's table. */
	public static function table() {
		global $wpdb;
		return $wpdb->prefix . 'igny8_publishes';
	}

	/** What is known of the apps that call: their addresses and stamps. */
	public static function installations() {
		global $wpdb;
		return $wpdb->prefix . 'igny8_installations';
	}

	/** What the table was before it knew installations; dropped one release later. */
	public static function old_table() {
		return self::table() . '_1';
	}

	/**
	 * Runs a statement of our own.
	 *
	 * @param string $sql Prepared statement.
	 * @return int Rows found or changed.
	 * @throws Problem DATABASE_ERROR when the database refused it.
	 */
	public static function run( $sql ) {
		global $wpdb;
		$result = $wpdb->query( $sql );
		if ( false === $result ) {
			throw self::problem( $wpdb->last_error );
		}
		return (int) $result;
	}

	/**
	 * Runs something in a short transaction of its own.
	 *
	 * @param callable $work What is read and written.
	 * @return mixed What it gives.
	 * @throws \Throwable What it throws: then nothing is kept.
	 */
	public static function alone( callable $work ) {
		global $wpdb;
		self::run( 'START TRANSACTION' );
		try {
			$made = $work();
			self::run( 'COMMIT' );
			return $made;
		} catch ( \Throwable $error ) {
			$wpdb->query( 'ROLLBACK' );
			throw $error;
		}
	}

	/** Whether posts, meta and relations live in tables with transactions; looked up once a day. */
	public static function has_transactions() {
		$known = get_option( 'igny8_transactions' );
		if ( is_array( $known ) && $known['at'] > time() - DAY_IN_SECONDS ) {
			return (bool) $known['yes'];
		}
		global $wpdb;
		$yes = true;
		foreach ( array( $wpdb->posts, $wpdb->postmeta, $wpdb->term_relationships ) as $table ) {
			$status = $wpdb->get_row( $wpdb->prepare( 'SHOW TABLE STATUS LIKE %s', $wpdb->esc_like( $table ) ) );
			$yes    = $yes && $status && 'innodb' === strtolower( (string) $status->Engine ); // phpcs:ignore WordPress.NamingConventions
		}
		update_option(
			'igny8_transactions',
			array(
				'at'  => time(),
				'yes' => $yes,
			)
		);
		return $yes;
	}

	/** A mark for errors_since(). */
	public static function mark() {
		global $EZSQL_ERROR;
		return is_array( $EZSQL_ERROR ) ? count( $EZSQL_ERROR ) : 0;
	}

	/**
	 * The first database error since the mark that concerns us: one in a table that a publication
	 * needs, or one that ends a transaction. Failing queries of other plugins in tables of their
	 * own must not stop a publication.
	 *
	 * @param int $mark From mark().
	 * @return string|null The database's message.
	 */
	public static function error_since( $mark ) {
		global $EZSQL_ERROR, $wpdb;
		$ours = array( $wpdb->posts, $wpdb->postmeta, $wpdb->terms, $wpdb->term_taxonomy, $wpdb->term_relationships, self::table() );
		foreach ( array_slice( is_array( $EZSQL_ERROR ) ? $EZSQL_ERROR : array(), $mark ) as $error ) {
			$message = (string) $error['error_str'];
			if ( preg_match( '/deadlock|lock wait|lost connection|gone away|server shutdown/i', $message ) ) {
				return $message;
			}
			foreach ( $ours as $table ) {
				if ( false !== strpos( (string) $error['query'], $table ) ) {
					return $message;
				}
			}
		}
		return null;
	}

	/** Whether waiting a moment and trying again helps. */
	public static function is_transient( $message ) {
		return (bool) preg_match( '/deadlock|lock wait/i', $message );
	}

	/** The error to throw for a message of the database; the message itself may hold content and stays here. */
	public static function problem( $message, $step = 'creating_post' ) {
		return new Problem( 'DATABASE_ERROR', 'The WordPress database refused a statement.', $step, array( 'error' => mb_substr( (string) $message, 0, 300 ) ) );
	}
}
