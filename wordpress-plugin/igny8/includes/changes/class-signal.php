<?php
/**
 * "Something waits here."
 *
 * @package Igny8
 */

namespace Igny8\Changes;

use Igny8\Options;
use Igny8\Rest\App_Client;

defined( 'ABSPATH' ) || exit;

/** Tells the app that there are changes: at once, without waiting, and once in a window. */
final class Signal {

	/** Seconds; the app asks for the changes when they are over. */
	const WINDOW = 30;

	/** Seconds that sending it may take. */
	const TIMEOUT = 1;

	/** Sends it, unless the window is open: then the app will ask anyway. */
	public static function send() {
		if ( ! App_Client::may_call() || ! Options::site_id() || ! self::opens_window() ) {
			return;
		}
		wp_remote_post(
			Options::app_url() . '/api/v1/integrations/' . Options::site_id() . '/dirty/',
			array(
				'blocking'    => false,
				'timeout'     => self::TIMEOUT,
				'redirection' => 0,
				'headers'     => App_Client::headers(),
				'body'        => wp_json_encode( Outbox::report() ),
			)
		);
	}

	/** Whether this request is the first of a window; of several at once one is. */
	private static function opens_window() {
		global $wpdb;
		$now = time();
		if ( false === get_option( Options::SIGNALLED ) ) {
			return add_option( Options::SIGNALLED, $now, '', false );
		}
		$sql = $wpdb->prepare( "UPDATE $wpdb->options SET option_value = %d WHERE option_name = %s AND NOT (option_value + 0 BETWEEN %d AND %d)", $now, Options::SIGNALLED, $now - self::WINDOW + 1, $now );
		wp_cache_delete( Options::SIGNALLED, 'options' );
		return 1 === (int) $wpdb->query( $sql ); // phpcs:ignore WordPress.DB -- decided by the database alone; every value is prepared.
	}
}
