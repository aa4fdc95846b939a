<?php
/**
 * What the app's answers mean that are not what was asked for.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

defined( 'ABSPATH' ) || exit;

/** Each as an exception with a sentence for the administrator; its code is the HTTP status, 0 for none. */
final class App_Refusal {

	/** Seconds by which the two clocks may differ. */
	const SKEW = 5 * MINUTE_IN_SECONDS;

	/** Statuses of a message that will never be taken as it is. */
	const NEVER = array( 400, 413, 415, 422 );

	/** What is said of TLS by the libraries that WordPress may use. */
	const TLS = '/certificate|SSL|TLS|cURL error (35|51|58|60|77|83)\b/i';

	/**
	 * No answer came.
	 *
	 * @param \WP_Error $error Why.
	 */
	public static function of_error( \WP_Error $error ) {
		$said = $error->get_error_message();
		if ( preg_match( self::TLS, $said ) ) {
			/* translators: %s: technical reason. */
			$sentence = __( 'No secure connection with IGNY8 came about: %s. Let whoever runs IGNY8 look at its https and its certificate; where they are right, look at the clock and the certificate authorities of this server.', 'igny8' );
		} elseif ( preg_match( '/cURL error 28\b|timed out/i', $said ) ) {
			/* translators: %s: technical reason. */
			$sentence = __( 'IGNY8 could not be reached in time: %s. Try again; if it stays so, a firewall may stand between this server and IGNY8.', 'igny8' );
		} else {
			/* translators: %s: technical reason. */
			$sentence = __( 'IGNY8 could not be reached: %s', 'igny8' );
		}
		return new \RuntimeException( sprintf( $sentence, $said ) );
	}

	/**
	 * Another status than 200.
	 *
	 * @param int   $status HTTP status.
	 * @param array $answer Of wp_remote_request().
	 * @param bool  $by_key Whether our key was asked about, or else a person.
	 */
	public static function of_answer( $status, $answer, $by_key ) {
		if ( $status >= 300 && $status < 400 ) {
			/* translators: %s: address. */
			return new \RuntimeException( sprintf( __( 'This address leads on to %s. Enter the address of IGNY8 itself; the key is sent nowhere else.', 'igny8' ), (string) wp_remote_retrieve_header( $answer, 'location' ) ), $status );
		}
		if ( 429 === $status ) {
			/* translators: %d: seconds. */
			return new \RuntimeException( sprintf( __( 'Too many tries: IGNY8 asks to wait %d seconds. Then try again.', 'igny8' ), max( 1, (int) wp_remote_retrieve_header( $answer, 'retry-after' ) ) ), $status );
		}
		if ( 401 === $status && preg_match( '/\b(Basic|Digest|NTLM|Negotiate)\b/i', implode( ' ', (array) wp_remote_retrieve_header( $answer, 'www-authenticate' ) ) ) ) {
			return new \RuntimeException( __( 'The web server before IGNY8 asks for a name and a password of its own, which this plugin does not have. Let whoever runs IGNY8 let calls below /api/v1/ pass without them; IGNY8 asks each for its key.', 'igny8' ), $status );
		}
		$sentence = $by_key ? self::of_key( $status, $answer ) : self::of_person( $status, $answer );
		return '' === $sentence ? self::is_none( $status ) : new \RuntimeException( $sentence, $status );
	}

	/** The key, or the website that calls with it, is not the right one. */
	private static function of_key( $status, $answer ) {
		if ( 401 === $status || 403 === $status ) {
			return __( 'IGNY8 does not know this API key. Make a new one on the site\'s page there and enter it here; a key is shown only once.', 'igny8' );
		}
		if ( 409 === $status ) {
			return __( 'IGNY8 knows this key, but for a website at another address. Where this website has moved, change its address on the site\'s page in IGNY8.', 'igny8' );
		}
		$said = self::said( $answer );
		if ( '' !== $said && in_array( $status, self::NEVER, true ) ) {
			/* translators: %s: what IGNY8 says. */
			return sprintf( __( 'IGNY8 does not take this: %s', 'igny8' ), $said );
		}
		return self::of_either( $status );
	}

	/** What the app says in its own words; '' where it is not the app that speaks. */
	private static function said( $answer ) {
		$body = json_decode( wp_remote_retrieve_body( $answer ), true );
		return is_array( $body ) && is_string( $body['error']['message'] ?? null ) ? mb_substr( sanitize_text_field( $body['error']['message'] ), 0, 300 ) : '';
	}

	/** The password is wrong, or the person may not do that. */
	private static function of_person( $status, $answer ) {
		if ( 401 === $status ) {
			return __( 'E-mail address or password is wrong. Nothing was changed in IGNY8.', 'igny8' );
		}
		$said = self::said( $answer );
		if ( '' !== $said && in_array( $status, array( 403, 409, 422 ), true ) ) {
			/* translators: %s: what IGNY8 says. */
			return sprintf( __( 'IGNY8 says: %s Ask an administrator of IGNY8 for the API key, and enter that.', 'igny8' ), $said );
		}
		return self::of_either( $status );
	}

	/** What has nothing to do with who asks. */
	private static function of_either( $status ) {
		if ( 421 === $status ) {
			return __( 'IGNY8 answers there, but not under this name. Enter its address as your browser shows it.', 'igny8' );
		}
		if ( 426 === $status ) {
			return __( 'IGNY8 and this plugin speak different versions of their protocol. Update the older of the two.', 'igny8' );
		}
		if ( $status >= 500 ) {
			/* translators: %d: HTTP status. */
			return sprintf( __( 'IGNY8 has a problem just now (status %d). Try again in a few minutes.', 'igny8' ), $status );
		}
		return '';
	}

	/** Something answers there that is no IGNY8. */
	public static function is_none( $status ) {
		/* translators: %d: HTTP status. */
		return new \RuntimeException( sprintf( __( 'There is no IGNY8 at this address (it answered with status %d).', 'igny8' ), $status ), $status );
	}

	/**
	 * A sentence where the clocks of the two differ by minutes, else ''.
	 *
	 * @param string $date What the app's answer says in its header Date.
	 */
	public static function of_clock( $date ) {
		$there = strtotime( $date );
		$skew  = false === $there ? 0 : time() - $there;
		if ( abs( $skew ) <= self::SKEW ) {
			return '';
		}
		/* translators: %s: a duration. */
		$sentence = $skew > 0 ? __( 'The clock of this server is %s ahead of that of IGNY8. Set it right: posts get their dates by it.', 'igny8' ) : __( 'The clock of this server is %s behind that of IGNY8. Set it right: posts get their dates by it.', 'igny8' );
		return sprintf( $sentence, human_time_diff( 0, abs( $skew ) ) );
	}
}
