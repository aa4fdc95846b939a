<?php
/**
 * Named locks of the database, gone with the connection of the PHP that held them.
 *
 * @package Igny8
 */

namespace Igny8\Database;

defined( 'ABSPATH' ) || exit;

/**
 * A fast proof that a request died: its lock is free. Where the server has no GET_LOCK, or where
 * a second one drops the first (MySQL before 5.7.5), nothing is proven and only time counts.
 */
final class Locks {

	/** Whether the database was found unable to lock. @var bool|null */
	private static $supported = null;

	/**
	 * Takes a lock until release() or the end of the connection.
	 *
	 * @param string $name    Without prefix.
	 * @param int    $seconds How long to wait for it.
	 * @return bool Whether it is held now; false also where locks are not supported.
	 */
	public static function take( $name, $seconds = 0 ) {
		return '1' === self::ask( 'GET_LOCK(%s, %d)', $name, $seconds );
	}

	/** Gives a lock back. */
	public static function release( $name ) {
		self::ask( 'RELEASE_LOCK(%s)', $name );
	}

	/** Whether nobody holds it; false when that cannot be known. */
	public static function is_free( $name ) {
		return '1' === self::ask( 'IS_FREE_LOCK(%s)', $name );
	}

	/**
	 * Runs something while the lock is held, and without it where there are no locks.
	 *
	 * @param string   $name Without prefix.
	 * @param callable $work What to do.
	 * @return mixed What $work returns.
	 */
	public static function with( $name, callable $work ) {
		$held = self::take( $name, 10 );
		try {
			return $work();
		} finally {
			if ( $held ) {
				self::release( $name );
			}
		}
	}

	/** Asks the database; null where it cannot. */
	private static function ask( $call, $name, ...$more ) {
		global $wpdb;
		if ( ! self::supported() ) {
			return null;
		}
		$full = 'igny8:' . md5( DB_NAME . $wpdb->prefix . $name );
		return $wpdb->get_var( $wpdb->prepare( "SELECT $call", $full, ...$more ) ); // phpcs:ignore WordPress.DB
	}

	/** Several locks at once came with MySQL 5.7.5 and MariaDB 10.0.2. */
	private static function supported() {
		global $wpdb;
		if ( null === self::$supported ) {
			$info            = (string) $wpdb->db_server_info();
			$mariadb         = false !== stripos( $info, 'mariadb' );
			$yes             = $mariadb || version_compare( $wpdb->db_version(), '5.7.5', '>=' );
			self::$supported = (bool) apply_filters( 'igny8_use_database_locks', $yes );
		}
		return self::$supported;
	}
}
