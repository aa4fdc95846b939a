<?php
/**
 * The old folder for the new one.
 *
 * @package Igny8
 */

namespace Igny8\Update;

use Igny8\Claim\Open_Claims;
use Igny8\Rest\App_Client;

defined( 'ABSPATH' ) || exit;

/**
 * WordPress's updater does the work; here it is told what to install, to wait while somebody
 * publishes, and to go back where the new version does not start.
 *
 * All of it runs in the old version: `Code::load` comes first.
 */
final class Exchange {

	/** Seconds to wait for publications that have begun. */
	const PATIENCE = 60;

	/** Where the old folder is kept meanwhile, below wp-content. */
	const KEPT = 'upgrade/igny8-before';

	/** Who does it. @var \WP_Upgrader|null */
	private static $upgrader = null;

	/** What is to be installed. @var Release|null */
	private static $release = null;

	/** Whether this website answers itself, so that a version that does not start is noticed. @var bool */
	private static $answers = false;

	/** Whether there is something to go back to. @var bool */
	private static $is_kept = false;

	/** Whether the new version is not in its place. @var bool */
	private static $has_failed = false;

	/**
	 * Filter upgrader_pre_download: whatever WordPress was told, only what the publisher signed.
	 *
	 * @param mixed        $reply    Of others; false: none.
	 * @param string       $package  Where WordPress would fetch it.
	 * @param \WP_Upgrader $upgrader Who asks.
	 * @param array        $extra    Names the plugin.
	 */
	public static function fetch( $reply, $package, $upgrader, $extra = array() ) {
		if ( ! self::is_ours( $extra ) ) {
			return $reply;
		}
		try {
			self::check_place( $package );
			Code::load();
			self::$release = Offer::newest();
			if ( null === self::$release || ! self::$release->is_newer() ) {
				throw new \RuntimeException( __( 'IGNY8 has no release of this plugin that is newer than this one.', 'igny8' ) );
			}
			self::$upgrader = $upgrader;
			add_action( 'shutdown', array( self::class, 'finish' ), 20 );
			return Package::fetch( self::$release );
		} catch ( \RuntimeException $problem ) {
			return self::refusal( $problem->getMessage() );
		}
	}

	/** Filter upgrader_pre_install, before WordPress's own: nobody is at work, and nobody begins. */
	public static function prepare( $response, $extra ) {
		if ( is_wp_error( $response ) || ! self::is_ours( $extra ) || null === self::$upgrader ) {
			return $response;
		}
		// Switched off meanwhile, the plugin would be missing to the app; and the website stays closed
		// until the new version was seen to start.
		foreach ( array( 'deactivate_plugin_before_upgrade', 'active_before' ) as $method ) {
			remove_filter( 'upgrader_pre_install', array( self::$upgrader, $method ) );
		}
		remove_filter( 'upgrader_post_install', array( self::$upgrader, 'active_after' ) );
		$token = Start::close( self::$upgrader );
		if ( ! Open_Claims::wait( self::PATIENCE ) ) {
			return self::refusal( __( 'Something is being published right now. Update this plugin a little later.', 'igny8' ) );
		}
		self::$answers = \Igny8\VERSION === Start::ask( $token );
		return self::keep() ? $response : self::refusal( __( 'The folder wp-content/upgrade cannot be written: there would be no way back. Nothing is installed.', 'igny8' ) );
	}

	/** Filter upgrader_post_install: does the new version start? A website that cannot call itself is believed. */
	public static function judge( $response, $extra ) {
		if ( is_wp_error( $response ) || ! self::is_ours( $extra ) || ! self::$is_kept || ! self::$answers ) {
			return $response;
		}
		if ( Start::ask( Start::token() ) === self::$release->version ) {
			return $response;
		}
		/* translators: 1: new version, 2: version before. */
		return self::refusal( sprintf( __( 'Version %1$s does not start on this website. Version %2$s is back in its place.', 'igny8' ), self::$release->version, \Igny8\VERSION ) );
	}

	/** Filter upgrader_install_package_result: after whatever went wrong, the old folder is back, or its copy is kept. */
	public static function settle( $result, $extra ) {
		global $wp_filesystem;
		if ( ! self::is_ours( $extra ) || null === self::$upgrader ) {
			return $result;
		}
		$kept = $wp_filesystem->wp_content_dir() . self::KEPT;
		self::$has_failed = is_wp_error( $result );
		if ( self::$has_failed && self::$is_kept && ! self::go_back( $kept ) ) {
			/* translators: 1: a folder, 2: another folder. */
			return self::refusal( sprintf( __( 'The new version could not be installed, and the one before could not be copied back. It lies in %1$s: make room on the disk, and copy it to %2$s.', 'igny8' ), 'wp-content/' . self::KEPT, 'wp-content/plugins/igny8' ) );
		}
		if ( ! self::$has_failed ) {
			Offer::note( 'install', '' );
		}
		$wp_filesystem->delete( $kept, true );
		return $result;
	}

	/** Action upgrader_process_complete: newer WordPresses put the folder back once more, at the very end. */
	public static function stay_closed() {
		if ( self::$has_failed ) {
			self::$upgrader->maintenance_mode( true );
		}
	}

	/** Action shutdown: the website opens again. */
	public static function finish() {
		Start::open( self::$upgrader );
	}

	/** Puts the copy back into its place; whether all of it is there. */
	private static function go_back( $kept ) {
		global $wp_filesystem;
		$place = self::folder();
		$wp_filesystem->delete( $place, true );
		$wp_filesystem->mkdir( $place );
		return true === copy_dir( $kept, $place );
	}

	/** Keeps a copy of the folder as it is. */
	private static function keep() {
		global $wp_filesystem;
		$kept = $wp_filesystem->wp_content_dir() . self::KEPT;
		$wp_filesystem->delete( $kept, true );
		self::$is_kept = $wp_filesystem->mkdir( $kept ) && true === copy_dir( self::folder(), $kept );
		return self::$is_kept;
	}

	/**
	 * A place that can be exchanged, and a package that comes from the connected app.
	 *
	 * @param string $package Where WordPress would fetch it.
	 * @throws \RuntimeException With a sentence.
	 */
	private static function check_place( $package ) {
		if ( App_Client::package_url() !== $package ) {
			throw new \RuntimeException( __( 'This update does not come from the IGNY8 that this website is connected with. Nothing is installed.', 'igny8' ) );
		}
		if ( 'igny8/igny8.php' !== Offer::plugin() || is_link( WP_PLUGIN_DIR . '/igny8' ) ) {
			throw new \RuntimeException( __( 'This plugin does not lie in a folder of its own called igny8. Update it by hand.', 'igny8' ) );
		}
	}

	/** Refused, which the settings and the app say too. */
	private static function refusal( $sentence ) {
		Offer::note( 'install', $sentence );
		return new \WP_Error( 'igny8_update', $sentence );
	}

	/** Whether an update is this plugin's. */
	private static function is_ours( $extra ) {
		return is_array( $extra ) && Offer::plugin() === ( $extra['plugin'] ?? '' );
	}

	/** The plugin's folder as WordPress's file functions name it. */
	private static function folder() {
		global $wp_filesystem;
		return $wp_filesystem->wp_plugins_dir() . 'igny8';
	}
}
