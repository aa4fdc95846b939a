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

	/** The time that the app's last answer told, or ''. @var string */
	private static $told_time = '';

	/** Whether there is an app to call, and this website is the one that it knows. */
	public static function may_call() {
		return '' !== Options::app_url() && '' !== Options::api_key() && ! Website::is_elsewhere();
	}

	/** Headers of every call. */
	public static function headers() {
		return self::headers_for( Options::api_key() ) + array( 'X-IGNY8-API-Key' => Options::api_key() );
	}

	/** Headers of a call that carries this key or token. */
	private static function headers_for( $token ) {
		return array(
			'X-IGNY8-Protocol' => (string) \Igny8\PROTOCOL,
			'X-IGNY8-Home'     => Website::address(),
			'Content-Type'     => 'application/json',
			'Accept'           => 'application/json',
		) + ( '' === $token ? array() : array( 'Authorization' => "Bearer $token" ) ) + Trail::headers();
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
			throw App_Refusal::is_none( 200 );
		}
		return $data;
	}

	/**
	 * How it stands with what goes to this website.
	 *
	 * @param int $timeout Seconds.
	 * @return array data of summary/.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function summary( $timeout ) {
		$options = array(
			'timeout'             => $timeout,
			'limit_response_size' => 256 * KB_IN_BYTES,
		);
		return self::get( '/api/v1/integration/integrations/' . Options::integration_id() . '/summary/', $options );
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

	/**
	 * Sends a message of this connection, and waits for what the app says of it.
	 *
	 * @param string $path    Below the API.
	 * @param array  $body    The message.
	 * @param int    $timeout Seconds.
	 * @return array Data of the answer.
	 * @throws \RuntimeException With a sentence for the administrator; its code is the HTTP status, 0 for none.
	 */
	public static function post( $path, array $body, $timeout = 30 ) {
		$options = array(
			'method'  => 'POST',
			'timeout' => $timeout,
			'body'    => self::json( $body ),
		);
		return self::get( '/api/v1/' . $path, $options );
	}

	/**
	 * A call of a person who connects this website.
	 *
	 * @param string $method HTTP method.
	 * @param string $path   Below the app's address.
	 * @param array  $body   The message; null: none.
	 * @param string $token  The person's; '': none yet.
	 * @return array The whole answer.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function as_person( $method, $path, $body, $token ) {
		$options = array(
			'method'  => $method,
			'timeout' => 15,
			'headers' => self::headers_for( $token ),
		);
		if ( null !== $body ) {
			$options['body'] = self::json( $body );
		}
		$answer = json_decode( wp_remote_retrieve_body( self::ask( Options::app_url() . $path, $options, false ) ), true );
		if ( ! is_array( $answer ) ) {
			throw App_Refusal::is_none( 200 );
		}
		return $answer;
	}

	/** A body; an empty one is an object too. */
	private static function json( array $body ) {
		return wp_json_encode( $body ? $body : (object) array() );
	}

	/** Data of an answer of the API. */
	private static function get( $path, array $options ) {
		$answer = self::ask( Options::app_url() . $path, $options );
		$body   = json_decode( wp_remote_retrieve_body( $answer ), true );
		if ( ! is_array( $body['data'] ?? null ) ) {
			throw App_Refusal::is_none( 200 );
		}
		return $body['data'];
	}

	/** A call, with our key unless $options has other headers, answered with 200; everything else is told in a sentence. */
	private static function ask( $url, array $options, $by_key = true ) {
		if ( '' === Options::app_url() ) {
			throw new \RuntimeException( __( 'No app URL is entered yet.', 'igny8' ) );
		}
		if ( Website::is_elsewhere() ) {
			throw new \RuntimeException( __( 'This website may be a copy: nothing is sent until you say which it is.', 'igny8' ) );
		}
		// Key and password are for this address only.
		$answer = wp_remote_request( $url, $options + array( 'method' => 'GET', 'redirection' => 0, 'headers' => self::headers() ) ); // phpcs:ignore WordPress.Arrays
		Debug_Log::message( 'to IGNY8', ( $options['method'] ?? 'GET' ) . " $url", $options['body'] ?? '', (int) wp_remote_retrieve_response_code( $answer ), is_wp_error( $answer ) ? $answer->get_error_message() : wp_remote_retrieve_body( $answer ) );
		if ( is_wp_error( $answer ) ) {
			throw App_Refusal::of_error( $answer );
		}
		// A proxy may say its own time before the app's.
		$dates           = (array) wp_remote_retrieve_header( $answer, 'date' );
		self::$told_time = (string) end( $dates );
		$status          = (int) wp_remote_retrieve_response_code( $answer );
		if ( 200 !== $status ) {
			throw App_Refusal::of_answer( $status, $answer, $by_key );
		}
		return $answer;
	}

	/** A sentence where the app's clock, as its last answer told, is another one than ours; else ''. */
	public static function clock_warning() {
		return App_Refusal::of_clock( self::$told_time );
	}
}
