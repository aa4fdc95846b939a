<?php
/**
 * Calls to the app.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Options;
use Igny8\Admin\Website;

defined( 'ABSPATH' ) || exit;

/** Speaks to the app with the integration's key. */
final class App_Client {

	/** Whether there is an app to call, and this website is the one that it knows. */
	public static function may_call() {
		return '' !== Options::app_url() && '' !== Options::api_key() && ! Website::is_elsewhere();
	}

	/** Headers of every call. */
	public static function headers() {
		return array(
			'Authorization'    => 'Bearer ' . Options::api_key(),
			'X-IGNY8-API-Key'  => Options::api_key(),
			'X-IGNY8-Protocol' => (string) \Igny8\PROTOCOL,
			'X-IGNY8-Home'     => Website::address(),
			'Content-Type'     => 'application/json',
			'Accept'           => 'application/json',
		) + Trail::headers();
	}

	/**
	 * Whose key this is.
	 *
	 * @param int $timeout Seconds.
	 * @return array data of auth/me/.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function who_am_i( $timeout ) {
		if ( '' === Options::app_url() ) {
			throw new \RuntimeException( __( 'No app URL is entered yet.', 'igny8' ) );
		}
		if ( Website::is_elsewhere() ) {
			throw new \RuntimeException( __( 'This website may be a copy: nothing is sent until you say which it is.', 'igny8' ) );
		}
		$answer = wp_remote_get(
			Options::app_url() . '/api/v1/auth/me/',
			array(
				'timeout'     => $timeout,
				// The key is for this address only.
				'redirection' => 0,
				'headers'     => self::headers(),
			)
		);
		if ( is_wp_error( $answer ) ) {
			/* translators: %s: technical reason. */
			throw new \RuntimeException( sprintf( __( 'IGNY8 could not be reached: %s', 'igny8' ), $answer->get_error_message() ) );
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		if ( 401 === $status || 403 === $status ) {
			throw new \RuntimeException( __( 'IGNY8 does not know this API key. Make a new one on the site\'s page there and enter it here; a key is shown only once.', 'igny8' ) );
		}
		$location = (string) wp_remote_retrieve_header( $answer, 'location' );
		if ( $status >= 300 && $status < 400 ) {
			/* translators: %s: address. */
			throw new \RuntimeException( sprintf( __( 'This address leads on to %s. Enter the address of IGNY8 itself; the key is sent nowhere else.', 'igny8' ), $location ) );
		}
		if ( 409 === $status ) {
			throw new \RuntimeException( __( 'IGNY8 knows this key, but for a website at another address. Where this website has moved, change its address on the site\'s page in IGNY8.', 'igny8' ) );
		}
		$body = json_decode( wp_remote_retrieve_body( $answer ), true );
		if ( 200 !== $status || ! isset( $body['data']['site']['id'], $body['data']['integration']['id'] ) ) {
			/* translators: %d: HTTP status. */
			throw new \RuntimeException( sprintf( __( 'There is no IGNY8 at this address (it answered with status %d).', 'igny8' ), $status ) );
		}
		return $body['data'];
	}
}
