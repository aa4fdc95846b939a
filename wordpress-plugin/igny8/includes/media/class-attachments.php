<?php
/**
 * Attachments of publications.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Claim\Claim;
use Igny8\Database\Database;
use Igny8\Database\Look;
use Igny8\Claim\Fence;
use Igny8\Posts\Deletion;
use Igny8\Posts\Marks;
use Igny8\Options;
use Igny8\Posts\Posts;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- lookups without a WordPress function; every value is prepared.

/** Makes, re-uses and removes the attachments of our posts. */
final class Attachments {

	const SHA256  = '_igny8_sha256';
	const SOURCE  = '_igny8_source_url';
	const CONTENT = '_igny8_attachment_of';
	const MADE_BY = '_igny8_made_by';
	const WORDS   = '_igny8_words';

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
		$sql    = $wpdb->prepare( $sql, self::SHA256, self::SOURCE, self::CONTENT, $content_id ) . ' AND ' . Posts::owned( 'o', $installation ) . ' AND ' . Posts::is_itself( 'o' ) . ' ORDER BY m.post_id DESC';
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
		$chosen = array();
		foreach ( $images as $image ) {
			$upload   = Upload::choose( $image, $uploads, $chosen, $claim->contested );
			$chosen[] = $upload;
			$claim->undo->will_attach( $upload );
		}
		$claim->note();
		foreach ( array_values( $images ) as $index => $image ) {
			self::make_one( $image, $chosen[ $index ], $claim, $author );
		}
	}

	/**
	 * After a publication: the attachments of a content that it no longer uses stay in the library,
	 * unless the administrator wants them removed and nothing on the site uses them. Where that takes
	 * too long to find out, nobody looks again for a day.
	 *
	 * @param Claim $claim The content.
	 * @param int[] $keep  Attachment ids in use.
	 */
	public static function remove_unused( Claim $claim, array $keep ) {
		global $wpdb;
		if ( ! Options::remove_unused_images() || Options::looked_too_long() > time() - DAY_IN_SECONDS ) {
			return;
		}
		$sql = "SELECT o.post_id FROM $wpdb->postmeta o WHERE o.meta_key = %s AND o.meta_value = %s";
		$sql = $wpdb->prepare( $sql, self::CONTENT, $claim->fence->content_id ) . ' AND ' . Posts::owned( 'o', $claim->fence->installation ) . ' AND ' . Posts::is_itself( 'o' );
		foreach ( $wpdb->get_col( $sql ) as $id ) {
			if ( ! in_array( (int) $id, $keep, true ) && ! ( new Usage( (int) $id ) )->is_found() ) {
				Deletion::run( (int) $id, $claim );
			}
			if ( Look::is_over() ) {
				update_option( Options::LOOKED_TOO_LONG, time(), false );
				return;
			}
		}
		delete_option( Options::LOOKED_TOO_LONG );
	}

	/** The attachment that carries a mark, or 0. */
	public static function with_mark( $mark ) {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE post_type = 'attachment' AND post_name = %s", $mark ) );
	}

	/** Writes the file, then makes the attachment and its sizes. */
	private static function make_one( Image $image, Upload $upload, Claim $claim, $author ) {
		$upload->write( $image->file, $claim->undo );
		$post = array(
			'guid'           => wp_upload_dir( null, false )['baseurl'] . '/' . $upload->file,
			'post_mime_type' => $image->mime,
			'post_title'     => pathinfo( $upload->file, PATHINFO_FILENAME ),
			'post_excerpt'   => $image->caption,
			'post_content'   => '',
			'post_status'    => 'inherit',
			'post_author'    => $author,
			'post_name'      => $upload->mark,
			Marks::ARGUMENT  => $upload->mark,
			'meta_input'     => self::meta( $image, $upload, $claim->fence ),
		);
		$id   = wp_insert_attachment( wp_slash( $post ), $upload->path(), 0, true );
		if ( is_wp_error( $id ) ) {
			throw Database::problem( $id->get_error_message(), 'media_processing' );
		}
		$claim->undo->attached( $upload->mark, $id );
		add_post_meta( $id, Posts::ITSELF, $id );
		$image->attachment_id = $id;
		wp_update_attachment_metadata( $id, wp_generate_attachment_metadata( $id, $upload->path() ) );
		add_post_meta( $id, self::WORDS, self::words( $id ) );
	}

	/** Title, caption, description and alternative text as one hash. */
	private static function words( $id ) {
		$row = Posts::row( $id );
		return sha1( (string) wp_json_encode( array( $row->post_title, $row->post_excerpt, $row->post_content, Posts::meta( $id )['_wp_attachment_image_alt'] ?? '' ) ) );
	}

	/** Whether nobody has given an image other words than we did; of one of an older plugin only a description tells. */
	public static function has_our_words( $id ) {
		$row  = Posts::row( $id );
		$made = Posts::meta( $id )[ self::WORDS ] ?? null;
		return ! $row || ( null === $made ? '' === $row->post_content : self::words( $id ) === $made );
	}

	/** What later publications know it by. */
	private static function meta( Image $image, Upload $upload, Fence $fence ) {
		$meta = array(
			self::CONTENT              => (string) $fence->content_id,
			self::MADE_BY              => $fence->key,
			self::SHA256               => $upload->sha256,
			self::SOURCE               => $image->url,
			'_wp_attachment_image_alt' => $image->alt,
		);
		return array_filter( $meta, 'strlen' ) + Posts::owner( $fence );
	}
}
