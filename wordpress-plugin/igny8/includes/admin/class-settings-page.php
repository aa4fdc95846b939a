<?php
/**
 * Settings → IGNY8.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Connection\Connecting;
use Igny8\Options;
use Igny8\Seo\Seo;
use Igny8\Update\Offer;

defined( 'ABSPATH' ) || exit;

/** The screen where an administrator connects the site and chooses how contents arrive. */
final class Settings_Page {

	const ACTION = 'igny8_save';
	const SLUG   = 'igny8';

	/** The menu entry. */
	public static function add_page() {
		add_options_page( 'IGNY8', 'IGNY8', 'manage_options', self::SLUG, array( self::class, 'show' ) );
	}

	/** The link in the list of plugins. */
	public static function add_link( array $links ) {
		$url = admin_url( 'options-general.php?page=' . self::SLUG );
		array_unshift( $links, '<a href="' . esc_url( $url ) . '">' . esc_html__( 'Settings', 'igny8' ) . '</a>' );
		return $links;
	}

	/** Stores the form, then asks the app who we are; what was typed stays in any case. */
	public static function save() {
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You may not change these settings.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( self::ACTION );
		$form = wp_unslash( $_POST );
		$url = Connection_Page::app_url( self::text( $form, 'app_url' ) );
		$key = sanitize_text_field( trim( self::text( $form, 'api_key' ) ) );
		if ( '' === $key && ! self::may_go_along( Options::app_url(), $url ) ) {
			// The stored key is for the app that it was entered for, and for nobody on the way.
			delete_option( Options::API_KEY );
		}
		update_option( Options::APP_URL, $url );
		if ( '' !== $key ) {
			update_option( Options::API_KEY, $key, false );
			// Who enters a key connects this very website.
			Website::connected();
		}
		update_option( Options::SETTINGS, self::chosen( $form ) );
		Connecting::run(
			array(
				'email'    => sanitize_email( trim( self::text( $form, 'email' ) ) ),
				'password' => self::text( $form, 'password' ),
				'api_key'  => $key,
				'site_id'  => absint( self::text( $form, 'site_id' ) ),
			)
		);
		wp_safe_redirect( admin_url( 'options-general.php?page=' . self::SLUG . '&saved=1' ) );
		exit;
	}

	/** Whether the key goes along to a new address: of the same host, and as safe from readers. */
	private static function may_go_along( $before, $now ) {
		$is_bared = 'https' === wp_parse_url( strtolower( $before ), PHP_URL_SCHEME ) && 'https' !== wp_parse_url( strtolower( $now ), PHP_URL_SCHEME );
		return self::host( $before ) === self::host( $now ) && ! $is_bared;
	}

	/** Whom an address reaches. */
	private static function host( $url ) {
		$parts = wp_parse_url( strtolower( $url ) );
		return ( $parts['host'] ?? '' ) . ':' . ( $parts['port'] ?? '' );
	}

	/** The choices of the form. */
	private static function chosen( array $form ) {
		$types = isset( $form['content_types'] ) && is_array( $form['content_types'] ) ? array_map( 'sanitize_key', $form['content_types'] ) : array();
		return array(
			'content_types'        => array_values( array_intersect( $types, self::possible_types() ) ),
			'auto_create_terms'    => ! empty( $form['auto_create_terms'] ),
			'fallback_category'    => absint( self::text( $form, 'fallback_category' ) ),
			'gallery_limit'        => max( 1, min( 20, absint( self::text( $form, 'gallery_limit' ) ) ) ),
			'gallery_overflow'     => in_array( self::text( $form, 'gallery_overflow' ), Options::OVERFLOWS, true ) ? self::text( $form, 'gallery_overflow' ) : 'skip',
			'remove_unused_images' => ! empty( $form['remove_unused_images'] ),
			'default_author'       => absint( self::text( $form, 'default_author' ) ),
		);
	}

	/** Types that contents could have. */
	private static function possible_types() {
		$types = get_post_types( array( 'public' => true ) );
		unset( $types['attachment'] );
		return array_values( $types );
	}

	/** The screen. */
	public static function show() {
		echo '<div class="wrap"><h1>IGNY8</h1>';
		Connection_Page::say();
		foreach ( Website::readable_on_the_way() as $warning ) {
			printf( '<div class="notice notice-warning inline"><p>%s</p></div>', esc_html( $warning ) );
		}
		printf( '<form method="post" action="%s">', esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( self::ACTION ) );
		wp_nonce_field( self::ACTION );
		echo '<table class="form-table" role="presentation">';
		Connection_Page::rows();
		self::content_rows();
		self::gallery_rows();
		self::version_row();
		echo '</table>';
		submit_button( __( 'Save and connect', 'igny8' ) );
		echo '</form>';
		Connection_Page::show_acts();
		echo '</div>';
	}

	/** Types, author, terms, SEO. */
	private static function content_rows() {
		$boxes = '';
		foreach ( self::possible_types() as $type ) {
			$boxes .= sprintf( '<label><input type="checkbox" name="content_types[]" value="%s"%s> %s</label><br>', esc_attr( $type ), checked( in_array( $type, Options::content_types(), true ), true, false ), esc_html( get_post_type_object( $type )->labels->name ) );
		}
		self::row( '', __( 'Content types', 'igny8' ), "<fieldset>$boxes</fieldset>" );
		$authors = wp_dropdown_users(
			array(
				'name'            => 'default_author',
				'id'              => 'default_author',
				'selected'        => Options::default_author(),
				'capability'      => 'publish_posts',
				'show_option_all' => __( 'First administrator', 'igny8' ),
				'echo'            => false,
			)
		);
		self::row( 'default_author', __( 'Default author', 'igny8' ), $authors );
		self::row( 'auto_create_terms', __( 'Create missing terms', 'igny8' ), sprintf( '<input type="checkbox" id="auto_create_terms" name="auto_create_terms" value="1"%s>', checked( Options::auto_create_terms(), true, false ) ) );
		$categories = wp_dropdown_categories(
			array(
				'name'       => 'fallback_category',
				'id'         => 'fallback_category',
				'selected'   => Options::fallback_category(),
				'hide_empty' => false,
				'echo'       => false,
			)
		);
		self::row( 'fallback_category', __( 'Category instead of missing ones', 'igny8' ), $categories );
		$seo = Seo::active();
		self::row( '', __( 'SEO plugin', 'igny8' ), esc_html( trim( $seo->name() . ' ' . $seo->version() ) ) );
	}

	/** Limit and overflow. */
	private static function gallery_rows() {
		self::row( 'gallery_limit', __( 'Gallery images per post', 'igny8' ), sprintf( '<input type="number" min="1" max="20" id="gallery_limit" name="gallery_limit" value="%d">', Options::gallery_limit() ) );
		$labels  = array(
			'skip'          => __( 'are left out', 'igny8' ),
			'separate_post' => __( 'get a post of their own', 'igny8' ),
			'inline'        => __( 'follow the text as a grid', 'igny8' ),
		);
		$options = '';
		foreach ( $labels as $value => $label ) {
			$options .= sprintf( '<option value="%s"%s>%s</option>', esc_attr( $value ), selected( Options::gallery_overflow(), $value, false ), esc_html( $label ) );
		}
		self::row( 'gallery_overflow', __( 'More images', 'igny8' ), "<select id=\"gallery_overflow\" name=\"gallery_overflow\">$options</select>" );
		$hint = __( 'Images that a newer version no longer needs stay in the library. Ticked, they are removed where nothing on this website uses them.', 'igny8' );
		if ( Options::remove_unused_images() && Options::looked_too_long() ) {
			/* translators: %s: date and time. */
			$hint .= ' ' . sprintf( __( 'The last look through the website, on %s, took too long; images stay.', 'igny8' ), wp_date( 'Y-m-d H:i', Options::looked_too_long() ) );
		}
		self::row( 'remove_unused_images', __( 'Remove unused images', 'igny8' ), sprintf( '<input type="checkbox" id="remove_unused_images" name="remove_unused_images" value="1"%s><p class="description">%s</p>', checked( Options::remove_unused_images(), true, false ), esc_html( $hint ) ) );
	}

	/** This version, and whether it is followed by the next. */
	private static function version_row() {
		$said = Offer::is_automatic() ? __( 'Updated by itself, when IGNY8 has a newer release.', 'igny8' ) : __( 'Not updated by itself.', 'igny8' );
		$link = sprintf( '<a href="%s">%s</a>', esc_url( self_admin_url( 'plugins.php' ) ), esc_html__( 'Change that in the list of plugins', 'igny8' ) );
		self::row( '', __( 'This plugin', 'igny8' ), esc_html( \Igny8\VERSION . '. ' . $said ) . " $link." . '<p class="description">' . esc_html( Offer::problem() ) . '</p>' );
	}

	/**
	 * One row of the form.
	 *
	 * @param string $field Id of the control, or ''.
	 * @param string $label Its label.
	 * @param string $html  The control, escaped.
	 */
	public static function row( $field, $label, $html ) {
		$label = '' === $field ? esc_html( $label ) : sprintf( '<label for="%s">%s</label>', esc_attr( $field ), esc_html( $label ) );
		printf( '<tr><th scope="row">%s</th><td>%s</td></tr>', $label, $html ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above and by the callers.
	}

	/** A text field of the form. */
	private static function text( array $form, $name ) {
		return isset( $form[ $name ] ) && is_string( $form[ $name ] ) ? $form[ $name ] : '';
	}
}
