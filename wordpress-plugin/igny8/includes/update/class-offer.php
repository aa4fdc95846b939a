<?php
/**
 * What WordPress is told about updates of this plugin.
 *
 * @package Igny8
 */

namespace Igny8\Update;

use Igny8\Options;
use Igny8\Rest\App_Client;

defined( 'ABSPATH' ) || exit;

/** Puts the publisher's releases, as the connected app has them, on WordPress's own update screens. */
final class Offer {

	/** WordPress's list of plugins that update by themselves; its own screen switches each on and off. */
	const AUTOMATIC = 'auto_update_plugins';

	/**
	 * The newest release, newer than this version or not.
	 *
	 * @return Release|null Null where the app has no signed one.
	 * @throws \RuntimeException With a sentence.
	 */
	public static function newest() {
		return Release::of( App_Client::release() );
	}

	/**
	 * Filter update_plugins_{hostname of the Update URI}.
	 *
	 * @param array|false $update Of somebody else.
	 * @param array       $data   The plugin's header.
	 * @param string      $file   Which plugin.
	 */
	public static function answer( $update, $data, $file ) {
		if ( self::plugin() !== $file ) {
			return $update;
		}
		try {
			$release = App_Client::may_call() ? self::newest() : null;
			self::note( 'look', '' );
		} catch ( \RuntimeException $problem ) {
			self::note( 'look', $problem->getMessage() );
			$release = null;
		}
		return null === $release ? false : array(
			'slug'         => 'igny8',
			'version'      => $release->version,
			'url'          => Options::app_url(),
			'package'      => App_Client::package_url(),
			'requires'     => $release->requires,
			'requires_php' => $release->requires_php,
			'tested'       => $release->tested,
		);
	}

	/** Filter plugins_api: what is new, in the publisher's words; wordpress.org does not know us. */
	public static function details( $result, $action, $args ) {
		if ( 'plugin_information' !== $action || 'igny8' !== ( $args->slug ?? '' ) ) {
			return $result;
		}
		try {
			$release = self::newest();
		} catch ( \RuntimeException $problem ) {
			return new \WP_Error( 'igny8_update', $problem->getMessage() );
		}
		if ( null === $release ) {
			return new \WP_Error( 'igny8_update', __( 'IGNY8 has no signed release of this plugin.', 'igny8' ) );
		}
		return (object) array(
			'name'         => 'IGNY8',
			'slug'         => 'igny8',
			'version'      => $release->version,
			'requires'     => $release->requires,
			'requires_php' => $release->requires_php,
			'tested'       => $release->tested,
			'sections'     => array( 'changelog' => '<ul><li>' . implode( '</li><li>', array_map( 'esc_html', $release->changes ) ) . '</li></ul>' ),
		);
	}

	/** Once, when this plugin comes: it keeps itself up to date until somebody switches that off. */
	public static function switch_on() {
		if ( false !== get_site_option( Options::UPDATES ) ) {
			return;
		}
		$all = (array) get_site_option( self::AUTOMATIC, array() );
		update_site_option( self::AUTOMATIC, array_values( array_unique( array_merge( $all, array( self::plugin() ) ) ) ) );
		self::note( 'install', '' );
	}

	/** Whether WordPress updates this plugin by itself. */
	public static function is_automatic() {
		// phpcs:ignore WordPress.NamingConventions -- WordPress's own filter.
		$is_off = apply_filters( 'automatic_updater_disabled', defined( 'AUTOMATIC_UPDATER_DISABLED' ) && AUTOMATIC_UPDATER_DISABLED );
		return ! $is_off && wp_is_file_mod_allowed( 'automatic_updater' ) && in_array( self::plugin(), (array) get_site_option( self::AUTOMATIC, array() ), true );
	}

	/** Why the last look, or the last update, came to nothing; '' where all was well. */
	public static function problem() {
		$noted = (array) get_site_option( Options::UPDATES, array() );
		return implode( '', array_slice( array_filter( array_map( 'strval', $noted ) ), 0, 1 ) );
	}

	/**
	 * Remembers that for the settings and the app.
	 *
	 * @param string $act     'install' or 'look'.
	 * @param string $problem A sentence; '': it went well.
	 */
	public static function note( $act, $problem ) {
		$noted = (array) get_site_option( Options::UPDATES, array() );
		update_site_option( Options::UPDATES, array( $act => $problem ) + $noted );
	}

	/** This plugin as WordPress names it. */
	public static function plugin() {
		return plugin_basename( \Igny8\FILE );
	}
}
