<?php
/**
 * Images that wait for their publication.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Rest\Input;
use Igny8\Posts\Posts;
use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.WP.AlternativeFunctions -- plain files in our own directory.

/**
 * The staging directory: outside the media library, unreadable from outside, each file under a
 * name that nobody can guess from its hash.
 */
final class Staging {

	const DIRECTORY = 'igny8-staging';

	/** Seconds that a staged image waits for its publication. */
	const LIFETIME = DAY_IN_SECONDS;

	/** How many images, and how many bytes, wait at most. */
	const MAX_FILES = 2000;
	const MAX_BYTES = GB_IN_BYTES;

	/** Seconds that it stays after it was used, because other contents may share it. */
	const AFTER_USE = HOUR_IN_SECONDS;

	/**
	 * POST media/.
	 *
	 * @param \WP_REST_Request $request Raw bytes; sha256 in the query.
	 * @return array Status and data.
	 * @throws Problem CONTENT_INVALID, IMAGE_REFUSED, IMAGE_TOO_LARGE, STAGING_FULL, UPLOAD_NOT_WRITABLE.
	 */
	public static function receive( \WP_REST_Request $request ) {
		$input  = new Input( $request->get_query_params() );
		$sha256 = $input->sha256( 'sha256', true );
		$bytes  = $request->get_body();
		if ( strlen( $bytes ) > Image_File::max_bytes() || self::was_cut( $request, $bytes ) ) {
			throw Image_File::too_large( array( 'sha256' => $sha256 ) );
		}
		if ( '' === $bytes || hash( 'sha256', $bytes ) !== $sha256 ) {
			throw new Problem( 'CONTENT_INVALID', 'The bytes received do not have the sha256 that was announced.', 'media_processing', array( 'sha256' => $sha256 ) );
		}
		$path   = self::path( $sha256 );
		$before = is_file( $path ) && filesize( $path ) === strlen( $bytes );
		if ( ! $before ) {
			self::make_room( strlen( $bytes ) );
			self::write( $path, $bytes );
		}
		$facts = self::inspect( $path, $sha256 );
		touch( $path );
		return array(
			$before ? 200 : 201,
			array(
				'sha256'         => $sha256,
				'bytes'          => strlen( $bytes ),
				'mime_type'      => $facts['mime'],
				'width'          => $facts['width'],
				'height'         => $facts['height'],
				'already_staged' => $before,
				'expires_at'     => Posts::utc( time() + self::LIFETIME ),
			),
		);
	}

	/** Path of a staged image, or null when it is not there. */
	public static function find( $sha256 ) {
		$path = self::path( $sha256 );
		return is_file( $path ) ? $path : null;
	}

	/** Removes one image. */
	public static function drop( $sha256 ) {
		$path = self::path( $sha256 );
		if ( is_file( $path ) ) {
			unlink( $path );
		}
	}

	/** The image was used: it stays only for others that share it. */
	public static function used( $sha256 ) {
		$path = self::path( $sha256 );
		if ( is_file( $path ) && filemtime( $path ) > time() - self::LIFETIME + self::AFTER_USE ) {
			touch( $path, time() - self::LIFETIME + self::AFTER_USE );
		}
	}

	/** Removes what has waited too long, and what a dead request was writing. */
	public static function sweep() {
		foreach ( array( 'bin' => self::LIFETIME, 'part' => self::AFTER_USE ) as $kind => $seconds ) { // phpcs:ignore WordPress.Arrays
			foreach ( (array) glob( self::directory() . "/*.$kind" ) as $path ) {
				if ( filemtime( $path ) < time() - $seconds ) {
					unlink( $path );
				}
			}
		}
	}

	/**
	 * Makes room for one more image: what was used already goes first.
	 *
	 * @param int $bytes Its size.
	 * @throws Problem STAGING_FULL.
	 */
	private static function make_room( $bytes ) {
		$limits = (array) apply_filters( 'igny8_staging_limits', array( self::MAX_FILES, self::MAX_BYTES ) );
		$times  = array();
		$sizes  = array();
		foreach ( (array) glob( self::directory() . '/*.bin' ) as $path ) {
			$times[ $path ] = filemtime( $path );
			$sizes[ $path ] = filesize( $path );
		}
		asort( $times );
		foreach ( $times as $path => $time ) {
			$fits = count( $sizes ) < $limits[0] && array_sum( $sizes ) + $bytes <= $limits[1];
			if ( $fits || $time > time() - self::LIFETIME + self::AFTER_USE ) {
				break;
			}
			unlink( $path );
			unset( $sizes[ $path ] );
		}
		if ( count( $sizes ) >= $limits[0] || array_sum( $sizes ) + $bytes > $limits[1] ) {
			throw new Problem(
				'STAGING_FULL',
				'Too many images wait in this WordPress for their publication.',
				'media_processing',
				array(
					'max_files' => (int) $limits[0],
					'max_bytes' => (int) $limits[1],
				)
			);
		}
	}

	/** Removes everything, for uninstalling. */
	public static function remove_all() {
		foreach ( array( '*.bin', '*.part', 'index.html', '.htaccess' ) as $pattern ) {
			array_map( 'unlink', (array) glob( self::directory() . '/' . $pattern ) );
		}
		if ( is_dir( self::directory() ) ) {
			rmdir( self::directory() );
		}
	}

	/** PHP drops a body above post_max_size and leaves it empty. */
	private static function was_cut( \WP_REST_Request $request, $bytes ) {
		return '' === $bytes && (int) $request->get_header( 'content_length' ) > 0;
	}

	/** Checks the image and removes it again when WordPress would not take it. */
	private static function inspect( $path, $sha256 ) {
		try {
			return Image_File::inspect( $path, array( 'sha256' => $sha256 ), 415 );
		} catch ( Problem $problem ) {
			unlink( $path );
			throw $problem;
		}
	}

	/** Complete or not at all: written beside and renamed. */
	private static function write( $path, $bytes ) {
		self::prepare();
		$part = $path . '.' . bin2hex( random_bytes( 4 ) ) . '.part';
		// phpcs:ignore Generic.PHP.NoSilencedErrors -- a full disk is answered, not logged as a warning.
		if ( strlen( $bytes ) !== @file_put_contents( $part, $bytes ) || ! rename( $part, $path ) ) {
			if ( is_file( $part ) ) {
				unlink( $part );
			}
			throw self::not_writable();
		}
	}

	/** Makes the directory and closes it. */
	private static function prepare() {
		$directory = self::directory();
		if ( is_file( $directory . '/.htaccess' ) ) {
			return;
		}
		if ( ! wp_mkdir_p( $directory ) || ! wp_is_writable( $directory ) ) {
			throw self::not_writable();
		}
		file_put_contents( $directory . '/index.html', '' );
		file_put_contents( $directory . '/.htaccess', "<IfModule mod_authz_core.c>\nRequire all denied\n</IfModule>\n<IfModule !mod_authz_core.c>\nDeny from all\n</IfModule>\n" );
	}

	/** No place to write. */
	public static function not_writable() {
		return new Problem( 'UPLOAD_NOT_WRITABLE', 'WordPress cannot write to its uploads directory.', 'media_processing' );
	}

	/** The directory, on a server that ignores .htaccess still without any name to guess. */
	private static function directory() {
		$uploads = wp_upload_dir( null, false );
		return $uploads['basedir'] . '/' . self::DIRECTORY;
	}

	/** The secret name of an image. */
	private static function path( $sha256 ) {
		return self::directory() . '/' . hash_hmac( 'sha256', $sha256, wp_salt( 'auth' ) ) . '.bin';
	}
}
