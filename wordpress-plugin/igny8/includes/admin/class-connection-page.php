<?php
/**
 * The connection's part of Settings → IGNY8.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Connection\Connecting;
use Igny8\Connection\Structure_Sync;
use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/** What is typed to connect, how the connection stands, and what can be done with it. */
final class Connection_Page {

	const ACTION = 'igny8_key';

	/** What can be done with the key; each has a button. */
	const ACTS = array( 'renew_key', 'end_old_key', 'disconnect' );

	/**
	 * The app's own address, of one that somebody pasted out of it.
	 *
	 * @param string $typed As typed.
	 */
	public static function app_url( $typed ) {
		$typed = preg_replace( '#/(?:api(?:/v1)?|settings|sign-in|review)(?:[/?\#].*)?$#D', '', trim( $typed ) );
		return untrailingslashit( esc_url_raw( $typed, array( 'http', 'https' ) ) );
	}

	/** The script of the buttons, on this screen only. */
	public static function add_script( $screen ) {
		if ( 'settings_page_' . Settings_Page::SLUG === $screen ) {
			wp_enqueue_script( 'igny8-connection', plugins_url( 'assets/connection.js', \Igny8\FILE ), array(), \Igny8\VERSION, true );
		}
	}

	/** What the last attempt to connect said. */
	public static function say() {
		$said = get_option( Connecting::CONNECTION );
		if ( is_array( $said ) ) {
			printf( '<div class="notice notice-%s inline" role="%s"><p>%s</p></div>', $said['ok'] ? 'success' : 'error', $said['ok'] ? 'status' : 'alert', esc_html( $said['message'] ) );
		}
	}

	/** The rows of the form: address, person, key. */
	public static function rows() {
		Settings_Page::row( 'app_url', __( 'App URL', 'igny8' ), sprintf( '<input type="url" class="regular-text" id="app_url" name="app_url" value="%s" placeholder="https://">', esc_attr( Options::app_url() ) ) );
		$hint = __( 'Of your account in IGNY8. With e-mail address and password the key can be left empty: it is made and fetched. Neither is kept here.', 'igny8' );
		Settings_Page::row( 'email', __( 'E-mail address', 'igny8' ), sprintf( '<input type="email" class="regular-text" id="email" name="email" maxlength="254" autocomplete="off" aria-describedby="email-hint"><p class="description" id="email-hint">%s</p>', esc_html( $hint ) ) );
		Settings_Page::row( 'password', __( 'Password', 'igny8' ), '<input type="password" class="regular-text" id="password" name="password" maxlength="1024" autocomplete="off">' );
		$hint = '' === Options::api_key() ? __( 'From the site\'s page in IGNY8. The key alone is enough, too.', 'igny8' ) : __( 'A key is stored. Enter another one only to replace it.', 'igny8' );
		Settings_Page::row( 'api_key', __( 'API key', 'igny8' ), sprintf( '<input type="password" class="regular-text" id="api_key" name="api_key" autocomplete="off" aria-describedby="api-key-hint"><p class="description" id="api-key-hint">%s</p>', esc_html( $hint ) ) );
		self::sites_row();
	}

	/** Which site, where several could be meant. */
	private static function sites_row() {
		$said  = get_option( Connecting::CONNECTION );
		$sites = is_array( $said ) && ! empty( $said['sites'] ) ? $said['sites'] : array();
		if ( ! $sites ) {
			return;
		}
		$options = '';
		foreach ( $sites as $id => $name ) {
			$options .= sprintf( '<option value="%d">%s</option>', $id, esc_html( $name ) );
		}
		Settings_Page::row( 'site_id', __( 'Site in IGNY8', 'igny8' ), "<select id=\"site_id\" name=\"site_id\">$options</select>" );
	}

	/** Below the form: the structure, and the key. */
	public static function show_acts() {
		if ( '' === Options::api_key() ) {
			return;
		}
		self::show_structure();
		printf( '<h2>%s</h2>', esc_html__( 'Key and connection', 'igny8' ) );
		printf( '<form method="post" action="%s">', esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( self::ACTION ) );
		wp_nonce_field( self::ACTION, '_wpnonce', false );
		self::button( 'renew_key', __( 'Get a new key', 'igny8' ), __( 'The old one works for another day.', 'igny8' ) );
		self::button( 'end_old_key', __( 'End the old key now', 'igny8' ), __( 'Where others may know the one before the last change.', 'igny8' ) );
		self::button( 'disconnect', __( 'Disconnect', 'igny8' ), __( 'The key ends at once here and in IGNY8. Posts stay.', 'igny8' ) );
		echo '</form>';
	}

	/** When the app got it last, and the button that sends it. */
	private static function show_structure() {
		$at   = (int) get_option( Options::STRUCTURE_SYNCED );
		$said = __( 'IGNY8 has not got it yet.', 'igny8' );
		if ( $at ) {
			/* translators: %s: date and time. */
			$said = sprintf( __( 'IGNY8 got it last on %s.', 'igny8' ), wp_date( 'Y-m-d H:i', $at ) );
		}
		printf( '<h2>%s</h2><p>%s <span id="igny8-structure-said" role="status">%s</span></p>', esc_html__( 'Structure of this website', 'igny8' ), esc_html__( 'Content types, taxonomies with their terms, and authors: sent when you connect, and every day.', 'igny8' ), esc_html( $said ) );
		printf( '<p><button type="button" class="button" id="igny8-structure" data-action="%s" data-nonce="%s" data-busy="%s" data-failed="%s">%s</button></p>', esc_attr( Structure_Sync::HOOK ), esc_attr( wp_create_nonce( Structure_Sync::HOOK ) ), esc_attr__( 'Sending…', 'igny8' ), esc_attr__( 'This WordPress did not answer. Reload the page and try again.', 'igny8' ), esc_html__( 'Sync now', 'igny8' ) );
	}

	/** A button with its sentence. */
	private static function button( $act, $label, $hint ) {
		printf( '<p><button class="button" name="act" value="%s">%s</button> <span class="description">%s</span></p>', esc_attr( $act ), esc_html( $label ), esc_html( $hint ) );
	}

	/** Does what a button says. */
	public static function act() {
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You may not change these settings.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( self::ACTION );
		$act = isset( $_POST['act'] ) ? sanitize_key( $_POST['act'] ) : '';
		if ( in_array( $act, self::ACTS, true ) ) {
			try {
				$message = Connecting::$act();
				$ok      = true;
			} catch ( \RuntimeException $error ) {
				$message = $error->getMessage();
				$ok      = false;
			}
			update_option( Connecting::CONNECTION, compact( 'ok', 'message' ) + array( 'at' => time() ), false );
		}
		wp_safe_redirect( admin_url( 'options-general.php?page=' . Settings_Page::SLUG ) );
		exit;
	}
}
