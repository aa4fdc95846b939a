<?php
/**
 * Requests that are at work.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Database\Database;
use Igny8\Database\Locks;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the plugin's own table.

/** Whether anybody publishes right now. */
final class Open_Claims {

	/**
	 * Waits until nobody does.
	 *
	 * @param int $seconds How long at most.
	 * @return bool Whether nobody does now.
	 */
	public static function wait( $seconds ) {
		$end = microtime( true ) + $seconds;
		while ( self::exist() ) {
			if ( microtime( true ) > $end ) {
				return false;
			}
			usleep( 100000 );
		}
		return true;
	}

	/** A row in time whose request is not known to be dead. */
	private static function exist() {
		global $wpdb;
		$states = "'" . implode( "', '", Claim::OPEN ) . "'";
		$claims = $wpdb->get_col( 'SELECT claim FROM ' . Database::table() . " WHERE state IN ($states) AND claim_expires > UNIX_TIMESTAMP()" );
		foreach ( $claims as $claim ) {
			if ( ! Locks::is_free( $claim ) ) {
				return true;
			}
		}
		return false;
	}
}
