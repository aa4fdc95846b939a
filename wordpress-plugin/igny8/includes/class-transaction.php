<?php
/**
 * All or nothing in the database.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/**
 * The short transaction around a post. Where the tables have no transactions the same steps run
 * without one, and the undo list does what a rollback would.
 */
final class Transaction {

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
		try {
			return self::attempt( $claim, $write );
		} finally {
			$wpdb->suppress_errors( $logs );
		}
	}

	/** As run(), with the database's errors going to whoever listens. */
	private static function attempt( Claim $claim, callable $write ) {
		$real       = Database::has_transactions();
		$mark       = Database::mark();
		$connection = Database::connection_id();
		if ( $real ) {
			Database::run( 'START TRANSACTION' );
		}
		try {
			$claim->hold();
			list( $post_id, $data ) = $write();
			self::refuse_errors( $mark );
			if ( $real && Database::connection_id() !== $connection ) {
				throw Database::problem( 'the connection was lost inside the transaction' );
			}
			$claim->decide( $post_id, $data );
			if ( $real ) {
				self::commit( $claim );
			}
			return $data;
		} catch ( \Throwable $error ) {
			self::roll_back( $claim, $real, $connection );
			throw self::cause( $error, $mark, $real );
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

	/** The database forgets; so do the caches, and the undo list if the database really did. */
	private static function roll_back( Claim $claim, $real, $connection ) {
		global $wpdb;
		if ( $real ) {
			$same = Database::connection_id() === $connection;
			$wpdb->query( 'ROLLBACK' ); // phpcs:ignore WordPress.DB
			if ( $same ) {
				$claim->undo->transaction_rolled_back();
			}
		}
		wp_cache_flush();
	}

	/** What to throw: a database error explains every failure that followed it. */
	private static function cause( \Throwable $error, $mark, $real ) {
		if ( $error instanceof Claim_Lost || $error instanceof Transaction_Lost ) {
			return $error;
		}
		$message = Database::error_since( $mark );
		if ( null === $message ) {
			return $error;
		}
		return $real && Database::is_transient( $message ) ? new Transaction_Lost( $message ) : Database::problem( $message );
	}
}
