<?php
/**
 * The plugin's table, its options and its hourly sweep.
 *
 * @package Igny8
 */

namespace Igny8;

use Igny8\Connection\Structure_Sync;
use Igny8\Changes\Courier;
use Igny8\Changes\Outbox;
use Igny8\Database\Database;
use Igny8\Database\Locks;
use Igny8\Rest\Routes;
use Igny8\Admin\Website;
use Igny8\Update\Offer;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the plugin's own tables.

/** Creates and removes what the plugin needs in the database. */
final class Setup {

	const SWEEP_HOOK = 'igny8_sweep';
	const DB_VERSION = 5;

	/** Activation: table, options, the hourly sweep. */
	public static function activate() {
		Locks::with( 'setup', array( self::class, 'create_table' ) );
		add_option( Options::SETTINGS, array() );
		add_option( Options::API_KEY, '', '', 'no' );
		if ( ! wp_next_scheduled( self::SWEEP_HOOK ) ) {
			wp_schedule_event( time() + HOUR_IN_SECONDS, 'hourly', self::SWEEP_HOOK );
		}
		Structure_Sync::schedule();
		Website::setup();
		Offer::switch_on();
		update_option( 'igny8_db_version', self::DB_VERSION );
	}

	/** Deactivation: only the events end; data stays. */
	public static function deactivate() {
		wp_clear_scheduled_hook( self::SWEEP_HOOK );
		Structure_Sync::unschedule();
		wp_clear_scheduled_hook( Courier::HOOK );
	}

	/** After an update of the plugin's files, activation hooks do not run: this does their work. */
	public static function upgrade() {
		if ( self::DB_VERSION === (int) get_option( 'igny8_db_version' ) ) {
			return;
		}
		try {
			self::activate();
		} catch ( Problem $problem ) {
			// The website goes on; calls of the app are told that the database refused.
			Routes::internal( $problem );
		}
	}

	/**
	 * One row per content of an installation: its fence, its claim, what to undo, the stored answer;
	 * and one per installation.
	 */
	public static function create_table() {
		global $wpdb;
		require_once ABSPATH . 'wp-admin/includes/upgrade.php';
		self::add_installation();
		$table   = Database::table();
		$charset = $wpdb->get_charset_collate();
		dbDelta(
			"CREATE TABLE $table (
			installation char(36) NOT NULL DEFAULT '',
			content_id bigint(20) unsigned NOT NULL,
			publish_key char(36) NOT NULL,
			intent int(10) unsigned NOT NULL,
			attempt int(10) unsigned NOT NULL,
			seen_intent int(10) unsigned NOT NULL,
			seen_attempt int(10) unsigned NOT NULL,
			action varchar(10) NOT NULL,
			state varchar(12) NOT NULL,
			claim char(32) NOT NULL DEFAULT '',
			claim_expires bigint(20) unsigned NOT NULL DEFAULT 0,
			post_id bigint(20) unsigned NOT NULL DEFAULT 0,
			undo_list longtext NOT NULL,
			result longtext NOT NULL,
			changes int(10) unsigned NOT NULL DEFAULT 0,
			updated_at bigint(20) unsigned NOT NULL DEFAULT 0,
			PRIMARY KEY  (installation,content_id),
			KEY state (state,claim_expires)
			) ENGINE=InnoDB $charset;"
		);
		Outbox::create_table();
		$installations = Database::installations();
		dbDelta(
			"CREATE TABLE $installations (
			installation char(36) NOT NULL,
			address varchar(255) NOT NULL,
			stamp varchar(40) NOT NULL,
			previous varchar(40) NOT NULL DEFAULT '',
			changed_at bigint(20) unsigned NOT NULL,
			PRIMARY KEY  (installation)
			) ENGINE=InnoDB $charset;"
		);
	}

	/**
	 * The table of version 0.1 knew one installation only. Its key is changed in one statement, for
	 * which requests that are still publishing wait, and a copy of it stays for one release: the way
	 * back. dbDelta cannot change a primary key.
	 */
	private static function add_installation() {
		global $wpdb;
		$table = Database::table();
		$logs  = $wpdb->suppress_errors( true );
		$names = $wpdb->get_col( "SHOW COLUMNS FROM $table" );
		$wpdb->suppress_errors( $logs );
		if ( ! $names || in_array( 'installation', $names, true ) ) {
			return;
		}
		$copy = Database::old_table();
		Database::run( "CREATE TABLE IF NOT EXISTS $copy LIKE $table" );
		Database::run( "INSERT IGNORE INTO $copy SELECT * FROM $table" );
		Database::run( "ALTER TABLE $table ADD COLUMN installation char(36) NOT NULL DEFAULT '' FIRST, DROP PRIMARY KEY, ADD PRIMARY KEY (installation, content_id)" );
	}
}
