<?php
/**
 * The files of one attachment.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Database\Charset;
use Igny8\Posts\Marks;
use Igny8\Claim\Undo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB, WordPress.WP.AlternativeFunctions -- a lookup by file; exclusive creation of files.

/**
 * Files by their exact names, all of them free when they are chosen and noted before the first is
 * written, so that only these, and only when the original is proven to be ours, are ever removed.
 */
final class Upload {

	/** The attachment's mark. @var string */
	public $mark;
	/** Original, below the uploads directory. @var string */
	public $file;
	/** Names of the smaller versions that WordPress may make beside it. @var string[] */
	public $sizes;
	/** Of the original. @var string */
	public $sha256;

	/**
	 * Restores it out of an undo list.
	 *
	 * @param array $facts From to_array().
	 */
	public function __construct( array $facts ) {
		$this->mark   = $facts['mark'];
		$this->file   = $facts['file'];
		$this->sizes  = $facts['sizes'];
		$this->sha256 = $facts['sha256'];
	}

	/** For an undo list. */
	public function to_array() {
		return get_object_vars( $this );
	}

	/**
	 * Chooses names that nothing has: not on disk, not in this batch, not of a request that may
	 * still be writing.
	 *
	 * @param Image  $image     What is stored.
	 * @param array  $uploads   From wp_upload_dir().
	 * @param self[] $others    Chosen before.
	 * @param bool   $contested Another request may be about to write the same.
	 * @throws Problem UPLOAD_NOT_WRITABLE.
	 */
	public static function choose( Image $image, array $uploads, array $others, $contested ) {
		$base  = self::base( $image ) . ( $contested ? '-' . bin2hex( random_bytes( 3 ) ) : '' );
		$taken = array_map( 'wp_basename', wp_list_pluck( $others, 'file' ) );
		for ( $n = 1; $n < 1000; $n++ ) {
			$name  = wp_unique_filename( $uploads['path'], $base . ( $n > 1 ? "-$n" : '' ) . ".$image->extension" );
			$sizes = self::sizes( $image, pathinfo( $name, PATHINFO_FILENAME ) );
			if ( ! in_array( $name, $taken, true ) && ! array_filter( $sizes, self::is_there( $uploads['path'] ) ) ) {
				return new self(
					array(
						'mark'   => Marks::fresh(),
						'file'   => ltrim( $uploads['subdir'] . '/' . $name, '/' ),
						'sizes'  => $sizes,
						'sha256' => hash_file( 'sha256', $image->file ),
					)
				);
			}
		}
		throw Staging::not_writable();
	}

	/** Full path of the original. */
	public function path() {
		return wp_upload_dir( null, false )['basedir'] . '/' . $this->file;
	}

	/**
	 * Writes the original: beside, then under its name, which must still be free.
	 *
	 * @param string $from Path of the bytes.
	 * @param Undo   $undo Learns when the name is ours.
	 * @throws Problem UPLOAD_NOT_WRITABLE.
	 */
	public function write( $from, Undo $undo ) {
		// phpcs:disable Generic.PHP.NoSilencedErrors -- failure is answered, not logged as a warning.
		$copied = @copy( $from, $this->part() ) && filesize( $from ) === filesize( $this->part() );
		$claim  = $copied ? @fopen( $this->path(), 'xb' ) : false;
		if ( $claim ) {
			fclose( $claim );
			$undo->writes_file( $this->mark );
		}
		if ( ! $claim || ! @rename( $this->part(), $this->path() ) ) {
			self::remove_file( $this->part() );
			throw Staging::not_writable();
		}
		// phpcs:enable
		chmod( $this->path(), fileperms( dirname( $this->path() ) ) & 0666 );
	}

	/**
	 * Removes what was written, the original last: it is the proof for the others.
	 *
	 * @param bool $proven Whether it is known already that the original was ours.
	 */
	public function remove( $proven ) {
		self::remove_file( $this->part() );
		if ( ! $proven && ! $this->is_ours() ) {
			return;
		}
		$directory = dirname( $this->file );
		$files     = array();
		foreach ( array_merge( $this->sizes, array( wp_basename( $this->file ) ) ) as $name ) {
			$files[] = '.' === $directory ? $name : "$directory/$name";
		}
		foreach ( array_diff( $files, self::attached( $files ) ) as $file ) {
			self::remove_file( dirname( $this->path() ) . '/' . wp_basename( $file ) );
		}
	}

	/** Whether the original has our bytes, or is the empty file that a dead request left, and no attachment has it. */
	private function is_ours() {
		$path = $this->path();
		return is_file( $path ) && ! self::attached( array( $this->file ) )
			&& ( 0 === filesize( $path ) || hash_file( 'sha256', $path ) === $this->sha256 );
	}

	/** Which of these files are the originals of attachments. */
	private static function attached( array $files ) {
		global $wpdb;
		$places = implode( ',', array_fill( 0, count( $files ), '%s' ) );
		return $wpdb->get_col( $wpdb->prepare( "SELECT meta_value FROM $wpdb->postmeta WHERE meta_key = '_wp_attached_file' AND meta_value IN ($places)", ...$files ) );
	}

	/** Where the original is written before it gets its name; nobody else has the mark. */
	private function part() {
		return dirname( $this->path() ) . "/$this->mark.part";
	}

	/** The wanted name without extension. */
	private static function base( Image $image ) {
		$path  = (string) wp_parse_url( $image->url, PHP_URL_PATH );
		$wish  = '' !== $image->filename ? $image->filename : rawurldecode( wp_basename( $path ) );
		$base  = pathinfo( sanitize_file_name( $wish ), PATHINFO_FILENAME );
		$keeps = Charset::fits( $GLOBALS['wpdb']->postmeta, 'meta_value', $base );
		$base  = '' !== $base && $keeps ? $base : 'image-' . substr( hash( 'sha256', $image->source() ), 0, 12 );
		return mb_strcut( $base, 0, 180 );
	}

	/** Every name that WordPress gives a smaller, scaled or rotated version, in either orientation. */
	private static function sizes( Image $image, $base ) {
		$bases = array( "$base-scaled", "$base-rotated" );
		foreach ( wp_get_registered_image_subsizes() as $size ) {
			foreach ( array( array( $image->width, $image->height ), array( $image->height, $image->width ) ) as $from ) {
				$to = image_resize_dimensions( $from[0], $from[1], $size['width'], $size['height'], $size['crop'] );
				if ( $to ) {
					$bases[] = "$base-{$to[4]}x{$to[5]}";
				}
			}
		}
		$names = array();
		foreach ( self::extensions( $image ) as $extension ) {
			foreach ( array_unique( $bases ) as $name ) {
				$names[] = "$name.$extension";
			}
		}
		return $names;
	}

	/** The image's own, and that of the format in which this WordPress keeps smaller versions. */
	private static function extensions( Image $image ) {
		$formats = (array) apply_filters( 'image_editor_output_format', array(), '', $image->mime ); // phpcs:ignore WordPress.NamingConventions -- WordPress's own filter.
		$other   = isset( $formats[ $image->mime ] ) ? (string) wp_get_default_extension_for_mime_type( $formats[ $image->mime ] ) : '';
		return array_unique( array_filter( array( $image->extension, $other ) ) );
	}

	/** Whether a name is taken in a directory. */
	private static function is_there( $directory ) {
		return static function ( $name ) use ( $directory ) {
			return file_exists( "$directory/$name" );
		};
	}

	/** Removes one file, if it is there. */
	private static function remove_file( $path ) {
		if ( is_file( $path ) ) {
			unlink( $path );
		}
	}
}
