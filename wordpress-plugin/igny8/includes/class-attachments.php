<?php
/**
 * Attachments of publications.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB, WordPress.WP.AlternativeFunctions -- lookups without a WordPress function; exclusive creation of files.

/** Makes, re-uses and removes the attachments of our posts. */
final class Attachments {

	const SHA256  = '_igny8_sha256';
	const SOURCE  = '_igny8_source_url';
	const CONTENT = '_igny8_attachment_of';

	/**
	 * The attachments that an earlier publication made for a content.
	 *
	 * @param string $installation Whose content.
	 * @param int    $content_id   The content.
	 * @return array Source (sha256 or url) → attachment id.
	 */
	public static function of_content( $installation, $content_id ) {
		global $wpdb;
		$sql    = "SELECT m.post_id, m.meta_value FROM $wpdb->postmeta o JOIN $wpdb->postmeta m ON m.post_id = o.post_id AND m.meta_key IN (%s, %s)
			WHERE o.meta_key = %s AND o.meta_value = %s";
		$sql    = $wpdb->prepare( $sql, self::SHA256, self::SOURCE, self::CONTENT, $content_id ) . ' AND ' . Posts::owned( 'o', $installation ) . ' ORDER BY m.post_id DESC';
		$result = array();
		foreach ( $wpdb->get_results( $sql ) as $row ) {
			$file = get_attached_file( (int) $row->post_id, true );
			if ( $file && is_file( $file ) ) {
				$result[ $row->meta_value ] = (int) $row->post_id;
			}
		}
		return $result;
	}

	/**
	 * Makes attachments of images whose files are there, all noted before the first is made.
	 *
	 * @param Image[] $images One per source.
	 * @param Claim   $claim  For the undo list.
	 * @param int     $author User id.
	 * @throws Problem UPLOAD_NOT_WRITABLE, IMAGE_REFUSED, DATABASE_ERROR.
	 */
	public static function make( array $images, Claim $claim, $author ) {
		if ( ! $images ) {
			return;
		}
		require_once ABSPATH . 'wp-admin/includes/image.php';
		$uploads = wp_upload_dir();
		if ( $uploads['error'] || ! wp_is_writable( $uploads['path'] ) ) {
			throw Staging::not_writable();
		}
		$names = array();
		foreach ( $images as $image ) {
			$name    = self::free_name( $image, $uploads['path'], $names, $claim->contested );
			$names[] = $name;
			$claim->undo->will_attach( $uploads['url'] . '/' . $name, self::relative( $uploads, $name ) );
		}
		$claim->note();
		foreach ( array_values( $images ) as $index => $image ) {
			self::make_one( $image, $names[ $index ], $uploads, $claim, $author );
		}
	}

	/**
	 * After a publication: removes the attachments of a content that it no longer uses, unless
	 * something else does.
	 *
	 * @param string $installation Whose content.
	 * @param int    $content_id   The content.
	 * @param int[]  $keep         Attachment ids in use.
	 */
	public static function remove_unused( $installation, $content_id, array $keep ) {
		global $wpdb;
		$sql = "SELECT o.post_id FROM $wpdb->postmeta o WHERE o.meta_key = %s AND o.meta_value = %s";
		$sql = $wpdb->prepare( $sql, self::CONTENT, $content_id ) . ' AND ' . Posts::owned( 'o', $installation );
		foreach ( $wpdb->get_col( $sql ) as $id ) {
			if ( ! in_array( (int) $id, $keep, true ) && ! self::is_used( (int) $id ) ) {
				wp_delete_attachment( (int) $id, true );
			}
		}
	}

	/**
	 * Removes an upload and the sizes made of it, by name.
	 *
	 * @param string $relative Path below the uploads directory.
	 */
	public static function remove_files( $relative ) {
		$uploads = wp_upload_dir( null, false );
		$path    = $uploads['basedir'] . '/' . $relative;
		$base    = preg_quote( pathinfo( $path, PATHINFO_FILENAME ), '/' );
		$pattern = "/^$base(-scaled|-rotated)?(-\d+x\d+)?(-(jpe?g|png|gif|webp|avif))?\.(jpe?g|png|gif|webp|avif)\$/Di";
		foreach ( is_dir( dirname( $path ) ) ? (array) scandir( dirname( $path ) ) : array() as $name ) {
			if ( preg_match( $pattern, $name ) ) {
				unlink( dirname( $path ) . '/' . $name );
			}
		}
	}

	/** Whether another post shows this attachment or uses it as its featured image. */
	private static function is_used( $id ) {
		global $wpdb;
		if ( $wpdb->get_var( $wpdb->prepare( "SELECT 1 FROM $wpdb->postmeta WHERE meta_key = '_thumbnail_id' AND meta_value = %s LIMIT 1", $id ) ) ) {
			return true;
		}
		// Sizes share the file's name up to its extension.
		$name = preg_replace( '/(-scaled)?\.[a-z0-9]+$/i', '', (string) get_post_meta( $id, '_wp_attached_file', true ) );
		$like = '%' . $wpdb->esc_like( '/' . $name ) . '%';
		return (bool) $wpdb->get_var( $wpdb->prepare( "SELECT 1 FROM $wpdb->posts WHERE post_type <> 'revision' AND post_status <> 'trash' AND post_content LIKE %s LIMIT 1", $like ) );
	}

	/** A file name that nothing has: not on disk, not in this batch, not of a request that may still be writing. */
	private static function free_name( Image $image, $directory, array $taken, $contested ) {
		$path = (string) wp_parse_url( $image->url, PHP_URL_PATH );
		$wish = '' !== $image->filename ? $image->filename : rawurldecode( wp_basename( $path ) );
		$base = pathinfo( sanitize_file_name( $wish ), PATHINFO_FILENAME );
		$base = '' !== $base ? $base : 'image-' . substr( hash( 'sha256', $image->source() ), 0, 12 );
		$base = mb_strcut( $base, 0, 180 ) . ( $contested ? '-' . bin2hex( random_bytes( 3 ) ) : '' );
		$name = wp_unique_filename( $directory, "$base.$image->extension" );
		$n    = 1;
		while ( in_array( $name, $taken, true ) ) {
			++$n;
			$name = wp_unique_filename( $directory, "$base-$n.$image->extension" );
		}
		return $name;
	}

	/** Copies the file, then makes the attachment and its sizes. */
	private static function make_one( Image $image, $name, array $uploads, Claim $claim, $author ) {
		$path = $uploads['path'] . '/' . $name;
		$guid = $uploads['url'] . '/' . $name;
		self::copy( $image->file, $path, $guid, $claim->undo );
		$id = wp_insert_attachment(
			wp_slash(
				array(
					'guid'           => $guid,
					'post_mime_type' => $image->mime,
					'post_title'     => pathinfo( $name, PATHINFO_FILENAME ),
					'post_excerpt'   => $image->caption,
					'post_content'   => '',
					'post_status'    => 'inherit',
					'post_author'    => $author,
				)
			),
			$path,
			0,
			true
		);
		if ( is_wp_error( $id ) ) {
			throw Database::problem( $id->get_error_message(), 'media_processing' );
		}
		$claim->undo->attached( $guid, $id );
		$image->attachment_id = $id;
		wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $path ) );
		add_post_meta( $id, self::CONTENT, (string) $claim->fence->content_id );
		foreach ( Posts::owner( $claim->fence ) as $key => $value ) {
			add_post_meta( $id, $key, $value );
		}
		add_post_meta( $id, self::SHA256, hash_file( 'sha256', $image->file ) );
		if ( '' !== $image->url ) {
			add_post_meta( $id, self::SOURCE, wp_slash( $image->url ) );
		}
		if ( '' !== $image->alt ) {
			add_post_meta( $id, '_wp_attachment_image_alt', wp_slash( $image->alt ) );
		}
	}

	/** Copies into a file that must not exist yet. */
	private static function copy( $from, $to, $guid, Undo $undo ) {
		// phpcs:ignore Generic.PHP.NoSilencedErrors -- failure is answered, not logged as a warning.
		$target = @fopen( $to, 'xb' );
		if ( ! $target ) {
			throw Staging::not_writable();
		}
		$undo->writes_file( $guid );
		$source = fopen( $from, 'rb' );
		$copied = stream_copy_to_stream( $source, $target );
		fclose( $source );
		$closed = fclose( $target );
		if ( ! $closed || filesize( $from ) !== $copied ) {
			throw Staging::not_writable();
		}
		chmod( $to, fileperms( dirname( $to ) ) & 0666 );
	}

	/** Path below the uploads directory. */
	private static function relative( array $uploads, $name ) {
		return ltrim( $uploads['subdir'] . '/' . $name, '/' );
	}
}
