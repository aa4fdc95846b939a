<?php
/**
 * Whether the plugin that lies on the disk starts.
 *
 * @package Igny8
 */

namespace Igny8\Update;

defined( 'ABSPATH' ) || exit;

/**
 * WordPress calls itself, while it is closed to everybody else, and asks the plugin for its version.
 * Every version answers this, for that is how the one before it knows whether to go back.
 */
final class Start {

	const ACTION = 'igny8_started';

	/** Opens the maintenance to one caller, and proves to the plugin who asks. @var string */
	private static $token = '';

	/** Closes the website but to ourselves; the word that opens it. */
	public static function close( $upgrader ) {
		global $wp_filesystem;
		self::$token = bin2hex( random_bytes( 16 ) );
		$upgrader->maintenance_mode( true );
		$name = self::ACTION;
		$hash = hash( 'sha256', self::$token );
		$code = "<?php \$upgrading = isset( \$_GET['$name'] ) && is_string( \$_GET['$name'] ) && hash_equals( '$hash', hash( 'sha256', \$_GET['$name'] ) ) ? 0 : " . time() . ';';
		$wp_filesystem->put_contents( $wp_filesystem->abspath() . '.maintenance', $code, FS_CHMOD_FILE );
		update_site_option( self::ACTION, $hash );
		return self::$token;
	}

	/** Opens it again. */
	public static function open( $upgrader ) {
		$upgrader->maintenance_mode( false );
		delete_site_option( self::ACTION );
		self::$token = '';
	}

	/** The word of this update. */
	public static function token() {
		return self::$token;
	}

	/** The version that starts; '' where none does, or where this website cannot call itself. */
	public static function ask( $token ) {
		$address = add_query_arg( array( 'action' => self::ACTION, self::ACTION => $token ), admin_url( 'admin-ajax.php' ) ); // phpcs:ignore WordPress.Arrays
		$options = array(
			'timeout'     => 20,
			'redirection' => 0,
			// As WordPress calls itself.
			'sslverify'   => apply_filters( 'https_local_ssl_verify', false ), // phpcs:ignore WordPress.NamingConventions
		);
		$answer  = json_decode( wp_remote_retrieve_body( wp_remote_get( $address, $options ) ), true );
		return is_string( $answer['igny8'] ?? null ) ? $answer['igny8'] : '';
	}

	/** Actions wp_ajax(_nopriv)_igny8_started: all of the code loads. */
	public static function answer() {
		// phpcs:ignore WordPress.Security.NonceVerification -- the word is the proof.
		$token = isset( $_GET[ self::ACTION ] ) && is_string( $_GET[ self::ACTION ] ) ? sanitize_key( $_GET[ self::ACTION ] ) : '';
		$hash  = (string) get_site_option( self::ACTION, '' );
		if ( '' === $hash || ! hash_equals( $hash, hash( 'sha256', $token ) ) ) {
			wp_die( '', '', array( 'response' => 403 ) );
		}
		Code::load();
		wp_send_json( array( 'igny8' => \Igny8\VERSION ) );
	}
}
