<?php
/**
 * The code of one version, all of it.
 *
 * @package Igny8
 */

namespace Igny8\Update;

use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** An update exchanges the files under requests that are still at work: none may load half of each. */
final class Code {

	/**
	 * A call of the app ends as the version that it has begun with.
	 *
	 * @throws Problem IN_PROGRESS where the files are just being exchanged.
	 */
	public static function hold() {
		self::load();
		// WordPress keeps new requests out meanwhile; this one may have come in just before.
		if ( wp_is_maintenance_mode() || ! self::is_current() ) {
			throw new Problem( 'IN_PROGRESS', 'The plugin is just being updated.', 'connection', array( 'retry_after' => 2 ) );
		}
	}

	/** Loads every class. */
	public static function load() {
		$folder = dirname( \Igny8\FILE ) . '/includes';
		foreach ( array_merge( (array) glob( "$folder/*.php" ), (array) glob( "$folder/*/*.php" ) ) as $path ) {
			require_once $path;
		}
	}

	/** Whether what lies on the disk is what runs. */
	private static function is_current() {
		clearstatcache( true, \Igny8\FILE );
		if ( ! is_readable( \Igny8\FILE ) ) {
			return false;
		}
		$there = get_file_data( \Igny8\FILE, array( 'version' => 'Version' ) );
		return \Igny8\VERSION === $there['version'];
	}
}
