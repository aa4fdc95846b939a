<?php
/**
 * Once an hour.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Changes\Watch;
use Igny8\Database\Database;
use Igny8\Rest\Routes;
use Igny8\Media\Staging;
use Igny8\Admin\Website;

defined( 'ABSPATH' ) || exit;

/** Clears away what nobody came back for. */
final class Sweep {

	/** Seconds after the end of its time before a dead publication is taken back. */
	const PATIENCE = HOUR_IN_SECONDS;

	/** The hourly hook. */
	public static function run() {
		if ( Website::is_elsewhere() ) {
			return;
		}
		Watch::is_our_call();
		Staging::sweep();
		foreach ( self::dead() as $row ) {
			try {
				self::settle( $row );
			} catch ( \Throwable $error ) {
				Routes::internal( $error );
			}
		}
	}

	/** Rows of publications that ended without an end, or while they cleared away. */
	private static function dead() {
		global $wpdb;
		$sql = 'SELECT * FROM ' . Database::table() . " WHERE (state IN ('running', 'publishing', 'undoing') OR undo_list <> '') AND claim_expires < UNIX_TIMESTAMP() - %d LIMIT 100";
		return $wpdb->get_results( $wpdb->prepare( $sql, self::PATIENCE ), ARRAY_A ); // phpcs:ignore WordPress.DB
	}

	/** The next attempt's first step, without the attempt. */
	private static function settle( array $row ) {
		$fence               = new Fence();
		$fence->installation = $row['installation'];
		$fence->content_id   = (int) $row['content_id'];
		$fence->key          = $row['publish_key'];
		$fence->intent       = (int) $row['intent'];
		$fence->attempt      = (int) $row['attempt'];
		$fence->is_sweep     = true;
		$fence->action       = $row['action'];
		$fence->time_limit   = 60;
		$claim               = Claim::take( $fence );
		try {
			if ( null === $claim->replay && null === Recovery::settle( $claim ) ) {
				$claim->failed();
			}
		} finally {
			$claim->release();
		}
	}
}
