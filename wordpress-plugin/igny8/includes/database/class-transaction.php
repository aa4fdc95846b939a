<?php
/**
 * All or nothing in the database.
 *
 * @package Igny8
 */

namespace Igny8\Database;

use Igny8\Claim\Claim;
use Igny8\Claim\Claim_Lost;
use Igny8\Rest\Routes;

defined( 'ABSPATH' ) || exit;

/**
 * The short transaction around a post. Other plugins may end it with a COMMIT or a DDL of their
 * own, or the tables may have no transactions at all: so a roll-back is believed only if our own
 * savepoint was still there and the database kept nothing; else the undo list, which is written
 * down before the transaction begins, puts everything back.
 */
final class Transaction {

	const SAVEPOINT = 'igny8_post';

	/** What MySQL and MariaDB warn of when a roll-back left rows of tables without transactions. */
	const NOT_ROLLED_BACK = 1196;

	/** Whose transaction runs. @var Claim|null */
	private static $open = null;

	/** Learns what changes in it. @var Cache_Trail */
	private static $trail;

	/**
	 * Runs $write and commits its result together with the claim's row.
	 *
	 * @param Claim    $claim The content's row.
	 * @param callable $write Returns array( post id, data of the answer ).
	 * @return array The data.
	 * @throws Transaction_Lost After a deadlock: nothing happened, try again.
	 * @throws Problem|Claim_Lost When nothing was kept.
	 */
	public static function run( Claim $claim, callable $write ) {
		global $wpdb;
		// What the database refuses is judged and answered here. A deadlock, which another try
		// heals, is no line for the site's error log.
		$logs = $wpdb->suppress_errors( true );

		self::$open  = $claim;
		self::$trail = new Cache_Trail();
		try {
			return self::attempt( $claim, $write );
		} finally {
			$wpdb->suppress_errors( $logs );
			self::$trail->clean();
			self::$open = null;
		}
	}

	/** PHP is about to end inside the transaction. */
	public static function abort() {
		if ( self::$open ) {
			self::roll_back( self::$open );
			self::$trail->clean();
			self::$open = null;
		}
	}

	/**
	 * Ends what other plugins have begun and not ended: else PHP's end would take back what is believed
	 * and answered by now.
	 */
	public static function end_others() {
		global $wpdb;
		$wpdb->query( 'COMMIT' ); // phpcs:ignore WordPress.DB
		$wpdb->query( 'SET autocommit = 1' ); // phpcs:ignore WordPress.DB
	}

	/** As run(), with the database's errors going to whoever listens. */
	private static function attempt( Claim $claim, callable $write ) {
		$mark = Database::mark();
		Database::run( 'START TRANSACTION' );
		Database::run( 'SAVEPOINT ' . self::SAVEPOINT );
		try {
			$claim->hold();
			list( $post_id, $data ) = $write();
			self::refuse_errors( $mark );
			self::refuse_loss( $claim );
			$claim->decide( $post_id, $data );
			self::commit( $claim );
			return $data;
		} catch ( \Throwable $error ) {
			$cause = self::cause( $error, $mark );
			self::roll_back( $claim, $error instanceof Claim_Lost );
			throw $cause;
		}
	}

	/** A commit whose answer was lost is looked up. */
	private static function commit( Claim $claim ) {
		global $wpdb;
		if ( false === $wpdb->query( 'COMMIT' ) && 'publishing' !== $claim->stored_state() ) { // phpcs:ignore WordPress.DB
			throw Database::problem( $wpdb->last_error );
		}
	}

	/** Errors that WordPress's functions swallowed. */
	private static function refuse_errors( $mark ) {
		$error = Database::error_since( $mark );
		if ( null !== $error ) {
			throw Database::problem( $error );
		}
	}

	/** Somebody ended the transaction: with a COMMIT all is there; a roll-back or a new connection lost the first half. */
	private static function refuse_loss( Claim $claim ) {
		global $wpdb;
		if ( false === $wpdb->query( 'RELEASE SAVEPOINT ' . self::SAVEPOINT ) && ! $claim->is_as_held() ) { // phpcs:ignore WordPress.DB
			throw Database::problem( 'the transaction was rolled back by another plugin, or the connection was lost inside it' );
		}
	}

	/** The database forgets; what it did not forget is put back by the undo list. */
	private static function roll_back( Claim $claim, $lost = false ) {
		global $wpdb;
		$forgotten = false !== $wpdb->query( 'ROLLBACK TO SAVEPOINT ' . self::SAVEPOINT ) && ! self::kept_rows(); // phpcs:ignore WordPress.DB
		$wpdb->query( 'ROLLBACK' ); // phpcs:ignore WordPress.DB
		if ( $forgotten && ! self::kept_rows() ) {
			$claim->undo->transaction_rolled_back();
			return;
		}
		try {
			$claim->undo->put_posts_back( $lost );
		} catch ( \Throwable $error ) {
			// What is left of the list is tried again when everything is taken back.
			Routes::internal( $error );
		}
	}

	/** Whether the last statement warned that rows stayed. */
	private static function kept_rows() {
		global $wpdb;
		$warnings = (array) $wpdb->get_results( 'SHOW WARNINGS', ARRAY_A ); // phpcs:ignore WordPress.DB
		return in_array( self::NOT_ROLLED_BACK, array_map( 'intval', wp_list_pluck( $warnings, 'Code' ) ), true );
	}

	/** What to throw: a database error explains every failure that followed it. */
	private static function cause( \Throwable $error, $mark ) {
		if ( $error instanceof Claim_Lost || $error instanceof Transaction_Lost ) {
			return $error;
		}
		$message = Database::error_since( $mark );
		if ( null === $message ) {
			return $error;
		}
		return Database::is_transient( $message ) ? new Transaction_Lost( $message ) : Database::problem( $message );
	}
}
