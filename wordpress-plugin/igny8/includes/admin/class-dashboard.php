<?php
/**
 * Dashboard → IGNY8, and the widget on the dashboard.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Connection\Standing;
use Igny8\Connection\Summary;
use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/** How it stands, for those who edit others' posts; its buttons are for administrators. */
final class Dashboard {

	const SLUG   = 'igny8-dashboard';
	const ACTION = 'igny8_dashboard';
	const MAY    = 'edit_others_posts';

	/** What the buttons do. */
	const ACTS = array( 'sync', 'flush' );

	/** Action admin_menu. */
	public static function add_page() {
		add_dashboard_page( 'IGNY8', 'IGNY8', self::MAY, self::SLUG, array( self::class, 'show_page' ) );
	}

	/** Action wp_dashboard_setup. */
	public static function add_widget() {
		if ( current_user_can( self::MAY ) ) {
			wp_add_dashboard_widget( self::SLUG, 'IGNY8', array( self::class, 'show_widget' ) );
		}
	}

	/** Numbers, and where to read on. */
	public static function show_widget() {
		self::show_facts( Summary::read() );
		printf( '<p><a href="%s">%s</a> %s</p>', esc_url( self::address() ), esc_html__( 'What happened last', 'igny8' ), self::links() ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
	}

	/** The page. */
	public static function show_page() {
		$summary = Summary::read();
		echo '<div class="wrap"><h1>IGNY8</h1>';
		self::say();
		self::show_facts( $summary );
		printf( '<p>%s</p>', ltrim( self::links(), ' |' ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
		self::show_buttons();
		self::show_activities( $summary );
		echo '</div>';
	}

	/** What the button that was pressed last has done. */
	private static function say() {
		$said = get_transient( self::ACTION . get_current_user_id() );
		if ( is_array( $said ) ) {
			delete_transient( self::ACTION . get_current_user_id() );
			printf( '<div class="notice notice-%s inline" role="%s"><p>%s</p></div>', $said['ok'] ? 'success' : 'error', $said['ok'] ? 'status' : 'alert', esc_html( $said['message'] ) );
		}
	}

	/** Each fact with its label. */
	private static function show_facts( Summary $summary ) {
		if ( '' !== $summary->problem ) {
			printf( '<div class="notice notice-warning inline"><p>%s</p></div>', esc_html__( 'IGNY8 does not answer now: its numbers are missing here, and nothing is lost.', 'igny8' ) );
		}
		echo '<table class="widefat striped"><tbody>';
		foreach ( Standing::facts( $summary ) as $label => $value ) {
			printf( '<tr><th scope="row">%s</th><td style="overflow-wrap:anywhere">%s</td></tr>', esc_html( $label ), esc_html( $value ) );
		}
		echo '</tbody></table>';
	}

	/** To IGNY8 itself, escaped. */
	private static function links() {
		$app = Options::app_url();
		if ( '' === $app ) {
			return '';
		}
		$links = array(
			$app . '/publisher/publishing-queue?site=' . Options::site_id() => __( 'Publishing queue in IGNY8', 'igny8' ),
			$app . '/publisher/content-calendar?site=' . Options::site_id() => __( 'Calendar in IGNY8', 'igny8' ),
		);
		$shown = '';
		foreach ( $links as $url => $label ) {
			$shown .= sprintf( ' | <a href="%s" target="_blank" rel="noopener">%s</a>', esc_url( $url ), esc_html( $label ) );
		}
		return $shown;
	}

	/** For administrators. */
	private static function show_buttons() {
		if ( ! current_user_can( 'manage_options' ) ) {
			return;
		}
		printf( '<form method="post" action="%s"><p>', esc_url( admin_url( 'admin-post.php' ) ) );
		printf( '<input type="hidden" name="action" value="%s">', esc_attr( self::ACTION ) );
		wp_nonce_field( self::ACTION );
		printf( '<button class="button" name="act" value="sync">%s</button> ', esc_html__( 'Sync now', 'igny8' ) );
		printf( '<button class="button" name="act" value="flush">%s</button> ', esc_html__( 'Send waiting changes', 'igny8' ) );
		printf( '<a class="button" href="%s">%s</a>', esc_url( admin_url( 'options-general.php?page=' . Settings_Page::SLUG ) ), esc_html__( 'Settings of IGNY8', 'igny8' ) );
		echo '</p></form>';
	}

	/** Action admin_post: does what a button says. */
	public static function act() {
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_die( esc_html__( 'You may not do this.', 'igny8' ), '', array( 'response' => 403 ) );
		}
		check_admin_referer( self::ACTION );
		$act = isset( $_POST['act'] ) ? sanitize_key( $_POST['act'] ) : '';
		if ( in_array( $act, self::ACTS, true ) ) {
			try {
				$message = Standing::$act();
				$ok      = true;
			} catch ( \RuntimeException $error ) {
				$message = $error->getMessage();
				$ok      = false;
			}
			set_transient( self::ACTION . get_current_user_id(), compact( 'ok', 'message' ), HOUR_IN_SECONDS );
			delete_transient( Summary::KEPT );
		}
		wp_safe_redirect( self::address() );
		exit;
	}

	/** The page's address. */
	private static function address() {
		return admin_url( 'index.php?page=' . self::SLUG );
	}

	/** The last activities. */
	private static function show_activities( Summary $summary ) {
		printf( '<h2>%s</h2>', esc_html__( 'What happened last', 'igny8' ) );
		if ( ! $summary->activities ) {
			printf( '<p>%s</p>', '' === $summary->problem ? esc_html__( 'Nothing yet.', 'igny8' ) : esc_html__( 'IGNY8 knows; it does not answer now.', 'igny8' ) );
			return;
		}
		echo '<ul>';
		foreach ( $summary->activities as $one ) {
			self::show_activity( $one );
		}
		echo '</ul>';
	}

	/** When, what, how it ended; the piece leads to IGNY8. */
	private static function show_activity( array $one ) {
		$title = '' === $one['title'] ? __( '(without a title)', 'igny8' ) : $one['title'];
		$piece = sprintf( '<a href="%s" target="_blank" rel="noopener">%s</a>', esc_url( Options::app_url() . '/content/' . $one['content_id'] . '/edit' ), esc_html( $title ) );
		$post  = '' === $one['url'] ? '' : sprintf( ' <a href="%s" aria-label="%s">%s</a>', esc_url( $one['url'] ), esc_attr( __( 'View', 'igny8' ) . ': ' . $title ), esc_html__( 'View', 'igny8' ) );
		printf( '<li style="overflow-wrap:anywhere">%s: %s. %s%s %s</li>', esc_html( Standing::moment( $one['at'] ) ), $piece, esc_html( self::outcome( $one ) ), $post, esc_html( $one['message'] ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped above.
	}

	/** How it stands with an activity, in a word or two. */
	private static function outcome( array $one ) {
		$is_retraction = 'retract' === $one['action'];
		$words         = array(
			'pending'               => __( 'Waits.', 'igny8' ),
			'publishing'            => $is_retraction ? __( 'Is being taken offline.', 'igny8' ) : __( 'Is being published.', 'igny8' ),
			'published'             => __( 'Published.', 'igny8' ),
			'published_with_issues' => __( 'Published, with findings.', 'igny8' ),
			'retracted'             => __( 'Taken offline.', 'igny8' ),
			'failed'                => $is_retraction ? __( 'Taking it offline failed.', 'igny8' ) : __( 'Publishing failed.', 'igny8' ),
			'cancelled'             => __( 'Cancelled.', 'igny8' ),
		);
		return $words[ $one['status'] ] ?? $one['status'];
	}
}
