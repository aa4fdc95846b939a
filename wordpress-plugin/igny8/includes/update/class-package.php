<?php
/**
 * The file of a release.
 *
 * @package Igny8
 */

namespace Igny8\Update;

use Igny8\Rest\App_Client;

defined( 'ABSPATH' ) || exit;

/** Fetches the zip from the app, and looks at all of it before WordPress unpacks anything. */
final class Package {

	const FOLDER = 'igny8/';

	/**
	 * Fetches the release's zip.
	 *
	 * @param Release $release What was signed.
	 * @return string A temporary file with exactly the bytes that were signed.
	 * @throws \RuntimeException With a sentence; no file is left then.
	 */
	public static function fetch( Release $release ) {
		$file = wp_tempnam( 'igny8.zip' );
		try {
			// One byte more than there should be: a larger file is noticed, and never kept whole.
			App_Client::download( $file, $release->size + 1 );
			self::check( $file, $release );
		} catch ( \RuntimeException $problem ) {
			wp_delete_file( $file );
			throw $problem;
		}
		return $file;
	}

	/** The bytes are the signed ones, and they lie in one folder, ours. */
	private static function check( $file, Release $release ) {
		clearstatcache( true, $file );
		if ( filesize( $file ) !== $release->size || ! hash_equals( $release->sha256, hash_file( 'sha256', $file ) ) ) {
			throw new \RuntimeException( __( 'The file that IGNY8 sent is not the one that was signed. Nothing is installed.', 'igny8' ) );
		}
		require_once ABSPATH . 'wp-admin/includes/class-pclzip.php';
		$list    = ( new \PclZip( $file ) )->listContent();
		$names   = is_array( $list ) ? wp_list_pluck( $list, 'filename' ) : array();
		$foreign = array_filter( $names, array( self::class, 'is_foreign' ) );
		if ( $foreign || ! in_array( self::FOLDER . 'igny8.php', $names, true ) ) {
			throw new \RuntimeException( __( 'The file that IGNY8 sent does not hold this plugin alone. Nothing is installed.', 'igny8' ) );
		}
	}

	/** Whether a name leads out of the plugin's folder. */
	private static function is_foreign( $name ) {
		return 0 !== strpos( $name, self::FOLDER ) || 0 !== validate_file( $name ) || false !== strpos( $name, '\\' );
	}
}
