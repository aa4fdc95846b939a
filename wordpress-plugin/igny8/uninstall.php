<?php
/**
 * Removes what the plugin keeps for itself. Posts, terms and images stay: they belong to the site.
 *
 * @package Igny8
 */

defined( 'WP_UNINSTALL_PLUGIN' ) || exit;

require_once __DIR__ . '/includes/class-options.php';
require_once __DIR__ . '/includes/media/class-staging.php';

/** Cleans the current site of a network, or the only one. */
function igny8_uninstall_site() {
	global $wpdb;
	wp_unschedule_hook( 'igny8_sweep' );
	wp_unschedule_hook( 'igny8_sync_site_structure' );
	wp_unschedule_hook( 'igny8_flush' );
	array_map( 'delete_option', Igny8\Options::ALL );
	// Transients that no cache keeps: the summary, what buttons said, wrong keys by address.
	$names = $wpdb->get_col( "SELECT option_name FROM $wpdb->options WHERE option_name LIKE '\\_transient\\_igny8\\_%' OR option_name LIKE '\\_transient\\_timeout\\_igny8\\_%'" ); // phpcs:ignore WordPress.DB
	array_map( 'delete_option', $names );
	Igny8\Media\Staging::remove_all();
	$wpdb->query( "DROP TABLE IF EXISTS {$wpdb->prefix}igny8_publishes, {$wpdb->prefix}igny8_publishes_1, {$wpdb->prefix}igny8_installations, {$wpdb->prefix}igny8_outbox" ); // phpcs:ignore WordPress.DB
}

if ( is_multisite() ) {
	foreach ( get_sites( array( 'fields' => 'ids', 'number' => 0 ) ) as $igny8_site ) { // phpcs:ignore WordPress.Arrays
		switch_to_blog( $igny8_site );
		igny8_uninstall_site();
		restore_current_blog();
	}
} else {
	igny8_uninstall_site();
}
delete_site_option( Igny8\Options::UPDATES );
update_site_option( 'auto_update_plugins', array_values( array_diff( (array) get_site_option( 'auto_update_plugins', array() ), array( 'igny8/igny8.php' ) ) ) );
