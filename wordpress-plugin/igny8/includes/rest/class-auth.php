<?php
/**
 * Who may call the plugin's routes.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Installation;
use Igny8\Options;
use Igny8\Problem;
use Igny8\Admin\Website;

defined( 'ABSPATH' ) || exit;

/** The API key and the protocol version of a call. */
final class Auth {

	const FAILURES = 20;
	const WINDOW   = 10 * MINUTE_IN_SECONDS;

	/**
	 * Permission callback of every route.
	 *
	 * @param \WP_REST_Request $request The call.
	 * @return true|\WP_Error
	 */
	public static function check( \WP_REST_Request $request ) {
		try {
			self::check_key( $request );
			self::check_protocol( $request );
			Website::check();
			Installation::check( $request );
			return true;
		} catch ( Problem $problem ) {
			return $problem->to_wp_error();
		}
	}

	/** The right key is always let in; wrong ones are counted per address and then slowed down. */
	private static function check_key( \WP_REST_Request $request ) {
		$expected = Options::api_key();
		if ( '' === $expected ) {
			throw new Problem( 'PLUGIN_NOT_CONFIGURED', 'The IGNY8 plugin has no API key yet: enter it under Settings → IGNY8.', 'connection' );
		}
		if ( hash_equals( $expected, self::given_key( $request ) ) ) {
			return;
		}
		$address  = isset( $_SERVER['REMOTE_ADDR'] ) ? sanitize_text_field( wp_unslash( $_SERVER['REMOTE_ADDR'] ) ) : '';
		$counter  = 'igny8_fail_' . md5( $address );
		$failures = (int) get_transient( $counter );
		if ( $failures >= self::FAILURES ) {
			throw new Problem( 'TOO_MANY_FAILURES', 'Too many calls with a wrong API key.', 'connection', array( 'retry_after' => self::WINDOW ) );
		}
		set_transient( $counter, $failures + 1, self::WINDOW );
		throw new Problem( 'INVALID_CREDENTIALS', 'The API key is not the one stored in this WordPress.', 'connection' );
	}

	/** The key from either header; some servers strip Authorization. */
	private static function given_key( \WP_REST_Request $request ) {
		if ( preg_match( '/^Bearer\s+(\S+)$/i', (string) $request->get_header( 'authorization' ), $match ) ) {
			return $match[1];
		}
		return (string) $request->get_header( 'x_igny8_api_key' );
	}

	/** Another major version of the protocol is refused, naming both. */
	private static function check_protocol( \WP_REST_Request $request ) {
		$theirs = (string) $request->get_header( 'x_igny8_protocol' );
		if ( (int) $theirs === \Igny8\PROTOCOL && preg_match( '/^\d+(\.\d+)*$/', $theirs ) ) {
			return;
		}
		$shown = '' === $theirs ? 'none' : sanitize_text_field( $theirs );
		throw new Problem(
			'PROTOCOL_UNSUPPORTED',
			sprintf( 'IGNY8 speaks protocol %1$s, the plugin %2$s speaks protocol %3$d: update the older one.', $shown, \Igny8\VERSION, \Igny8\PROTOCOL ),
			'connection',
			array(
				'app'    => $shown,
				'plugin' => (string) \Igny8\PROTOCOL,
			)
		);
	}
}
