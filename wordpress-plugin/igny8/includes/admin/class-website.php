<?php
/**
 * Which website this is.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Connection\Connecting;
use Igny8\Options;
use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/**
 * A copy of the website (for tests, moved to another domain, put back from a backup) has our key and
 * our tables too. The plugin keeps the address under which it was connected; under another one it
 * sends nothing and takes nothing, until an administrator has said whether this is a copy.
 */
final class Website {

	const ACTION = 'igny8_website';

	/** The address now, without what differs between two ways to the same website. */
	public static function address() {
		return untrailingslashit( (string) get_option( 'home' ) );
	}

	/** Remembers that this is the website that is connected. */
	public static function connected() {
		update_option( Options::HOME, self::address(), false );
		update_option( Options::HOME_HASH, self::hash(), false );
	}

	/** From the first request after an update on; a website that was connected before is the one. */
	public static function setup() {
		if ( '' !== Options::api_key() && ( '' === Options::home() || ( false === get_option( Options::HOME_HASH ) && ! self::is_elsewhere() ) ) ) {
			self::connected();
		}
	}

	/** The address in a form that no search and replace in the database finds. */
	private static function hash() {
		return sha1( self::place( self::address() ) );
	}

	/** Whether this is not the address under which the plugin was connected. */
	public static function is_elsewhere() {
		return '' !== Options::home() && ( ! self::has_same_address() || get_option( Options::HOME_HASH, self::hash() ) !== self::hash() );
	}

	/** Whether the kept address is that of now; after a search and replace only the hash tells. */
	private static function has_same_address() {
		return self::place( Options::home() ) === self::place( self::address() );
	}

	/**
	 * Refuses a call to a copy; the first call with the key says that this is the website.
	 *
	 * @throws Problem WEBSITE_COPIED.
	 */
	public static function check() {
		if ( '' === Options::home() ) {
			self::connected();
		}
		if ( ! self::is_elsewhere() ) {
			return;
		}
		$known = self::has_same_address() ? array() : array( 'connected' => Options::home() );
		$said  = $known ? 'This WordPress was connected as %2$s and is now %1$s' : 'This WordPress was connected under another address than %1$s';
		throw new Problem(
			'WEBSITE_COPIED',
			sprintf( "$said: say under Settings → IGNY8 whether it has moved or is a copy.", self::address(), Options::home() ),
			'connection',
			$known + array( 'address' => self::address() )
		);
	}

	/** The question, above every screen of the administration. */
	public static function ask() {
		if ( ! self::is_elsewhere() || ! current_user_can( 'manage_options' ) ) {
			return;
		}
		if ( self::has_same_address() ) {
			/* translators: %s: address now. */
			$text = sprintf( __( 'IGNY8 was connected when this website had another address than %s.', 'igny8' ), self::address() );
		} else {
			/* translators: 1: address as connected, 2: address now. */
			$text = sprintf( __( 'IGNY8 was connected when this website was %1$s; now it is %2$s.', 'igny8' ), Options::home(), self::address() );
		}
		$text .= ' ' . __( 'Until you say which it is, nothing is sent and nothing is published here.', 'igny8' );
		printf( '<div class="notice notice-error"><p>%s</p><form method="post" action="%s"><p>', esc_html( $text ), esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( self::ACTION ) );
		wp_nonce_field( self::ACTION );
		printf( '<button class="button" name="answer" value="moved">%s</button> ', esc_html__( 'The website has moved: go on', 'igny8' ) );
		printf( '<button class="button" name="answer" value="copy">%s</button>', esc_html__( 'This is a copy: forget the connection', 'igny8' ) );
		echo '</p></form></div>';
	}

	/** The answer. A copy forgets key and app; its posts stay, and stay the other website's pieces. */
	public static function answer() {
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You may not change these settings.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( self::ACTION );
		$answer = isset( $_POST['answer'] ) ? sanitize_key( $_POST['answer'] ) : '';
		if ( 'moved' === $answer ) {
			self::connected();
		} elseif ( 'copy' === $answer ) {
			Connecting::forget();
			delete_option( Options::APP_URL );
		}
		wp_safe_redirect( admin_url( 'options-general.php?page=' . Settings_Page::SLUG ) );
		exit;
	}

	/** Whether an address leads to this website. */
	public static function is_here( $address ) {
		return self::place( $address ) === self::place( self::address() );
	}

	/** Sentences about what goes over plain http and leaves this machine. */
	public static function readable_on_the_way() {
		$warnings = array();
		if ( '' !== Options::api_key() && self::is_bare( Options::app_url() ) ) {
			$warnings[] = __( 'The App URL begins with http://: the key can be read on the way. Enter the address with https.', 'igny8' );
		}
		if ( 0 === strpos( strtolower( Options::home() ), 'https://' ) && self::is_bare( self::address() ) ) {
			/* translators: 1: address as connected, 2: address now. */
			$warnings[] = sprintf( __( 'This website was connected as %1$s and is now %2$s: the key of calls to it can be read on the way. Put https back under Settings → General.', 'igny8' ), Options::home(), self::address() );
		}
		return $warnings;
	}

	/** Whether what goes to an address can be read on the way. */
	public static function is_bare( $url ) {
		$parts = wp_parse_url( strtolower( $url ) );
		$host  = $parts['host'] ?? '';
		return 'http' === ( $parts['scheme'] ?? '' ) && 'localhost' !== $host && '[::1]' !== $host && ! preg_match( '/^127(\.\d+){3}$/D', $host );
	}

	/** Host, port and path: the scheme and www. lead to the same website. */
	private static function place( $address ) {
		$parts = wp_parse_url( strtolower( $address ) );
		$host  = preg_replace( '/^www\./', '', $parts['host'] ?? '' );
		$port  = (int) ( $parts['port'] ?? 0 );
		return $host . ( in_array( $port, array( 0, 80, 443 ), true ) ? '' : ":$port" ) . untrailingslashit( $parts['path'] ?? '' );
	}
}
