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

	/** Seconds that the app may take for one message. */
	const ANSWER_SECONDS = 15;

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
		$data = self::get( '/api/v1/auth/me/', array( 'timeout' => $timeout ) );
		if ( ! isset( $data['site']['id'], $data['integration']['id'] ) ) {
			throw self::is_none( 200 );
		}
		return $data;
	}

	/**
	 * Which release of this plugin the app has.
	 *
	 * @return array data of plugin/release/.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function release() {
		self::check_encryption();
		$options = array(
			'timeout'             => 10,
			'limit_response_size' => 256 * KB_IN_BYTES,
		);
		return self::get( '/api/v1/plugin/release/', $options );
	}

	/**
	 * Sends a message and waits for the answer.
	 *
	 * @param string $path Below the API.
	 * @param array  $body The message.
	 * @return array|string data of the answer; without an outcome where the app refuses this message. A
	 *                      sentence where it takes none now.
	 */
	public static function send( $path, array $body ) {
		$answer = wp_remote_post(
			Options::app_url() . '/api/v1/' . $path,
			array(
				'timeout'     => self::ANSWER_SECONDS,
				'redirection' => 0,
				'headers'     => self::headers(),
				'body'        => wp_json_encode( $body ),
			)
		);
		if ( is_wp_error( $answer ) ) {
			return $answer->get_error_message();
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		$data   = json_decode( wp_remote_retrieve_body( $answer ), true )['data'] ?? null;
		if ( 200 === $status && is_array( $data ) ) {
			return $data;
		}
		return in_array( $status, array( 400, 413, 422 ), true ) ? array() : "status $status";
	}

	/** Where the app has the plugin's zip. */
	public static function package_url() {
		return Options::app_url() . '/settings/plugin/igny8.zip';
	}

	/**
	 * Fetches the plugin's zip into a file; what it is worth is for others to say.
	 *
	 * @param string $file  Where to.
	 * @param int    $bytes Not more than these.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function download( $file, $bytes ) {
		self::check_encryption();
		$options = array(
			'timeout'             => 120,
			'stream'              => true,
			'filename'            => $file,
			'limit_response_size' => $bytes,
		);
		self::ask( self::package_url(), $options );
	}

	/** Code comes encrypted, or from this very machine. */
	private static function check_encryption() {
		if ( Website::is_bare( Options::app_url() ) ) {
			throw new \RuntimeException( __( 'The App URL begins with http://: releases of this plugin are taken over https only. Enter the address with https.', 'igny8' ) );
		}
	}

	/** Data of an answer of the API. */
	private static function get( $path, array $options ) {
		$answer = self::ask( Options::app_url() . $path, $options );
		$body   = json_decode( wp_remote_retrieve_body( $answer ), true );
		if ( ! is_array( $body['data'] ?? null ) ) {
			throw self::is_none( 200 );
		}
		return $body['data'];
	}

	/** A call with our key, answered with 200; everything else is told in a sentence. */
	private static function ask( $url, array $options ) {
		if ( '' === Options::app_url() ) {
			throw new \RuntimeException( __( 'No app URL is entered yet.', 'igny8' ) );
		}
		if ( Website::is_elsewhere() ) {
			throw new \RuntimeException( __( 'This website may be a copy: nothing is sent until you say which it is.', 'igny8' ) );
		}
		// The key is for this address only.
		$answer = wp_remote_get( $url, $options + array( 'redirection' => 0, 'headers' => self::headers() ) ); // phpcs:ignore WordPress.Arrays
		if ( is_wp_error( $answer ) ) {
			/* translators: %s: technical reason. */
			throw new \RuntimeException( sprintf( __( 'IGNY8 could not be reached: %s', 'igny8' ), $answer->get_error_message() ) );
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		if ( 401 === $status || 403 === $status ) {
			throw new \RuntimeException( __( 'IGNY8 does not know this API key. Make a new one on the site\'s page there and enter it here; a key is shown only once.', 'igny8' ) );
		}
		if ( $status >= 300 && $status < 400 ) {
			/* translators: %s: address. */
			throw new \RuntimeException( sprintf( __( 'This address leads on to %s. Enter the address of IGNY8 itself; the key is sent nowhere else.', 'igny8' ), (string) wp_remote_retrieve_header( $answer, 'location' ) ) );
		}
		if ( 409 === $status ) {
			throw new \RuntimeException( __( 'IGNY8 knows this key, but for a website at another address. Where this website has moved, change its address on the site\'s page in IGNY8.', 'igny8' ) );
		}
		if ( 200 !== $status ) {
			throw self::is_none( $status );
		}
		return $answer;
	}

	/** Something answers there that is no IGNY8. */
	private static function is_none( $status ) {
		/* translators: %d: HTTP status. */
		return new \RuntimeException( sprintf( __( 'There is no IGNY8 at this address (it answered with status %d).', 'igny8' ), $status ) );
	}
}
