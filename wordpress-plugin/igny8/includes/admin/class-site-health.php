<?php
/**
 * Tools → Site Health.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Rest\Health;

defined( 'ABSPATH' ) || exit;

/** The checks that the app asks for, on WordPress's own screen. */
final class Site_Health {

	const CONNECTION = 'igny8_connection';
	const STORING    = 'igny8_storing';
	const ROUTE      = '/site-health';

	/** Filter site_status_tests: what needs the network is asked by the page, when it is open. */
	public static function add( $tests ) {
		if ( ! is_array( $tests ) ) {
			return $tests;
		}
		$tests['direct'][ self::STORING ]   = array(
			'label' => __( 'IGNY8 can store pieces', 'igny8' ),
			'test'  => array( self::class, 'storing' ),
		);
		$tests['async'][ self::CONNECTION ] = array(
			'label'             => __( 'IGNY8 is connected', 'igny8' ),
			'test'              => rest_url( \Igny8\Rest\Routes::BASE . self::ROUTE ),
			'has_rest'          => true,
			'async_direct_test' => array( self::class, 'connection' ),
		);
		return $tests;
	}

	/** Action rest_api_init: the address that the page asks, for those who may see the page. */
	public static function register() {
		register_rest_route(
			\Igny8\Rest\Routes::BASE,
			self::ROUTE,
			array(
				'methods'             => 'GET',
				'permission_callback' => static function () {
					return current_user_can( 'view_site_health_checks' );
				},
				'callback'            => static function () {
					return rest_ensure_response( self::connection() );
				},
			)
		);
	}

	/** Database, uploads and terms, each really tried. */
	public static function storing() {
		$failed = array_filter(
			Health::checks( array( 'database', 'media_uploads', 'taxonomy_creation' ) ),
			static function ( $check ) {
				return ! $check['ok'];
			}
		);
		$said   = implode( ' ', wp_list_pluck( $failed, 'message' ) );
		return self::result( self::STORING, '' === $said, __( 'IGNY8 can store pieces', 'igny8' ), __( 'IGNY8 cannot store pieces', 'igny8' ), '' === $said ? __( 'Database, uploads and categories take what IGNY8 sends.', 'igny8' ) : $said );
	}

	/** The app answers and knows the key. */
	public static function connection() {
		$check = Health::checks( array( 'api_connection' ) )['api_connection'];
		return self::result( self::CONNECTION, $check['ok'], __( 'IGNY8 is connected', 'igny8' ), __( 'IGNY8 is not connected', 'igny8' ), $check['ok'] ? __( 'IGNY8 answers and knows this website.', 'igny8' ) : $check['message'] );
	}

	/** As WordPress shows it. */
	private static function result( $test, $ok, $good, $bad, $said ) {
		$link = sprintf( '<p><a href="%s">%s</a></p>', esc_url( admin_url( 'options-general.php?page=' . Settings_Page::SLUG ) ), esc_html__( 'Settings of IGNY8', 'igny8' ) );
		return array(
			'label'       => $ok ? $good : $bad,
			'status'      => $ok ? 'good' : 'critical',
			'badge'       => array(
				'label' => 'IGNY8',
				'color' => 'blue',
			),
			'description' => sprintf( '<p>%s</p>', esc_html( $said ) ),
			'actions'     => $ok ? '' : $link,
			'test'        => $test,
		);
	}
}
