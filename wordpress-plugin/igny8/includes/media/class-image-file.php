<?php
/**
 * The bytes of an image: looked at, fetched.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** Checks image files and fetches them from other servers. */
final class Image_File {

	/** Types that WordPress may store, with the extension that belongs to each. */
	const EXTENSIONS = array(
		'image/jpeg' => 'jpg',
		'image/png'  => 'png',
		'image/gif'  => 'gif',
		'image/webp' => 'webp',
		'image/avif' => 'avif',
	);

	/** More would exhaust the memory of most servers while resizing. */
	const MAX_PIXELS = 64000000;

	const FETCH_SECONDS = 20;

	/** Which of EXTENSIONS this WordPress accepts, as MIME types. */
	public static function accepted_types() {
		return array_values( array_intersect( array_keys( self::EXTENSIONS ), get_allowed_mime_types() ) );
	}

	/** Largest image in bytes. */
	public static function max_bytes() {
		return (int) wp_max_upload_size();
	}

	/**
	 * Looks at a file.
	 *
	 * @param string $file    Path.
	 * @param array  $details Facts for the error.
	 * @param int    $status  HTTP status of a refusal.
	 * @return array{mime: string, extension: string, width: int, height: int}
	 * @throws Problem IMAGE_REFUSED, IMAGE_TOO_LARGE.
	 */
	public static function inspect( $file, array $details, $status = 422 ) {
		if ( filesize( $file ) > self::max_bytes() ) {
			throw self::too_large( $details );
		}
		$size = wp_getimagesize( $file );
		$mime = $size ? (string) $size['mime'] : '';
		if ( ! $size || $size[0] < 1 || $size[1] < 1 || ! in_array( $mime, self::accepted_types(), true ) ) {
			$details['error'] = $mime ? "$mime is not accepted here" : 'not an image';
			throw new Problem( 'IMAGE_REFUSED', 'WordPress does not accept this file as an image.', 'media_processing', $details, $status );
		}
		if ( $size[0] * $size[1] > self::MAX_PIXELS ) {
			$details['error'] = "{$size[0]} x {$size[1]} pixels";
			throw self::too_large( $details );
		}
		return array(
			'mime'      => $mime,
			'extension' => self::EXTENSIONS[ $mime ],
			'width'     => (int) $size[0],
			'height'    => (int) $size[1],
		);
	}

	/** More bytes or pixels than this WordPress takes. */
	public static function too_large( array $details ) {
		return new Problem( 'IMAGE_TOO_LARGE', 'The image is larger than this WordPress accepts.', 'media_processing', $details + array( 'max_bytes' => self::max_bytes() ) );
	}

	/**
	 * Fetches an address into a temporary file. WordPress refuses addresses of its own network.
	 *
	 * @param Image $image With a url; gets ->file.
	 * @throws Problem FEATURED_IMAGE_DOWNLOAD_FAILED and its siblings, IMAGE_TOO_LARGE.
	 */
	public static function fetch( Image $image ) {
		require_once ABSPATH . 'wp-admin/includes/file.php';
		$image->file = wp_tempnam( 'igny8-' );
		$answer      = wp_safe_remote_get(
			$image->url,
			array(
				'timeout'             => self::FETCH_SECONDS,
				'redirection'         => 3,
				'stream'              => true,
				'filename'            => $image->file,
				'limit_response_size' => self::max_bytes() + 1,
			)
		);
		$details     = array( 'image_url' => $image->url );
		if ( is_wp_error( $answer ) ) {
			throw self::failed( $image, $details + array( 'error' => $answer->get_error_message() ), 'http_request_failed' === $answer->get_error_code() && ! self::is_refused_address( $image->url ) );
		}
		$status = (int) wp_remote_retrieve_response_code( $answer );
		if ( 200 !== $status ) {
			$details += array(
				'http_status' => $status,
				'error'       => get_status_header_desc( $status ),
			);
			throw self::failed( $image, $details, $status >= 500 || in_array( $status, array( 408, 425, 429 ), true ) );
		}
		clearstatcache( true, $image->file );
	}

	/** An address that WordPress will refuse tomorrow too. */
	private static function is_refused_address( $url ) {
		return false === wp_http_validate_url( $url ) && false !== filter_var( wp_parse_url( $url, PHP_URL_HOST ), FILTER_VALIDATE_IP );
	}

	/** The download failed; whether trying again helps depends on why. */
	private static function failed( Image $image, array $details, $recoverable ) {
		$names = array(
			'featured' => 'featured image',
			'gallery'  => 'gallery image',
			'inline'   => 'image in the text',
		);
		return new Problem( strtoupper( $image->role ) . '_IMAGE_DOWNLOAD_FAILED', 'Failed to download the ' . $names[ $image->role ] . '.', 'media_processing', $details, null, $recoverable );
	}
}
