<?php
/**
 * What is said between this website and IGNY8, for whoever looks for a fault.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/** Written to PHP's error log, and only where wp-config.php says define( 'IGNY8_DEBUG', true ). Secrets are masked. */
final class Debug_Log {

	/** Characters of a body that are kept. */
	const LONGEST = 2000;

	const MASK = '***';

	/** Whether anybody wants it. */
	public static function is_on() {
		return defined( 'IGNY8_DEBUG' ) && IGNY8_DEBUG;
	}

	/**
	 * One message and its answer.
	 *
	 * @param string $direction 'to IGNY8' or 'from IGNY8'.
	 * @param string $what      Method and address.
	 * @param string $sent      Its body.
	 * @param int    $status    Of the answer; 0: none came.
	 * @param string $answer    Its body.
	 */
	public static function message( $direction, $what, $sent, $status, $answer ) {
		if ( self::is_on() ) {
			Trail::log( sprintf( '%s: %s %s → %d %s', $direction, self::masked( $what ), self::masked( $sent ), $status, self::masked( $answer ) ) );
		}
	}

	/**
	 * Filter rest_post_dispatch, last: a call of the app and what it was answered.
	 *
	 * @param \WP_HTTP_Response $response The answer.
	 * @param \WP_REST_Server   $server   Unused.
	 * @param \WP_REST_Request  $request  The call.
	 */
	public static function received( $response, $server, $request ) { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter -- WordPress's order.
		if ( self::is_on() && 0 === strpos( ltrim( (string) $request->get_route(), '/' ), Routes::BASE . '/' ) ) {
			$is_text = $request->is_json_content_type();
			self::message( 'from IGNY8', $request->get_method() . ' ' . $request->get_route(), $is_text ? $request->get_body() : '', $response->get_status(), (string) wp_json_encode( $response->get_data() ) );
		}
		return $response;
	}

	/** A text without its secrets, and not longer than anybody reads. */
	public static function masked( $text ) {
		$data = json_decode( (string) $text, true );
		$text = is_array( $data ) ? (string) wp_json_encode( self::without_secrets( $data ), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE ) : (string) $text;
		$key  = Options::api_key();
		$text = '' === $key ? $text : str_replace( $key, self::MASK, $text );
		return mb_strlen( $text ) > self::LONGEST ? mb_substr( $text, 0, self::LONGEST ) . '…' : $text;
	}

	/** The same data; what is named as a secret is masked, however deep it lies. */
	private static function without_secrets( array $data ) {
		foreach ( $data as $name => $value ) {
			if ( is_string( $name ) && preg_match( '/password|passwd|secret|token|key$|^access$|^refresh$|authorization|credential/i', $name ) ) {
				$data[ $name ] = self::MASK;
			} elseif ( is_array( $value ) ) {
				$data[ $name ] = self::without_secrets( $value );
			}
		}
		return $data;
	}
}
