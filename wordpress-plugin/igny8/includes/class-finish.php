<?php
/**
 * The last act.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/** What is left to do once post and answer are committed; doing it twice does no harm. */
final class Finish {

	/**
	 * Goes public, clears away what the post no longer uses, and remembers what going public
	 * changed: after a death somebody may have edited the post before this.
	 *
	 * @param string $installation Whose content.
	 * @param array  $data         The committed answer.
	 * @throws Problem POST_PUBLISH_FAILED.
	 */
	public static function run( $installation, array $data ) {
		$before   = Baseline::standing( (int) $data['post_id'] );
		$overflow = (int) ( $data['gallery']['gallery_overflow_post_id'] ?? 0 );
		if ( $overflow ) {
			self::go_public( $overflow );
		}
		self::go_public( (int) $data['post_id'] );
		if ( 'updated' === $data['result'] ) {
			self::remove_leftovers( $installation, (int) $data['content_id'], (int) $data['post_id'], $overflow );
		}
		Baseline::follow( (int) $data['post_id'], $before );
	}

	/**
	 * Whether a dead request's post may still go public unasked: it is, or nobody has hidden or
	 * deleted it since. Else whoever publishes next is told what was changed there.
	 *
	 * @param array $data The committed answer.
	 */
	public static function may_run( array $data ) {
		$row = Posts::row( (int) $data['post_id'] );
		if ( ! $row || 'publish' === $row->post_status ) {
			return (bool) $row;
		}
		$meta = Posts::meta( (int) $row->ID );
		$edits = Baseline::left( $row, $meta )->differences( Baseline::now( $row, $meta ), $row );
		return ! in_array( 'status', wp_list_pluck( $edits, 'field' ), true );
	}

	/** Publishes a draft; its hooks see a finished post. */
	private static function go_public( $post_id ) {
		Posts::unmark( $post_id );
		if ( 'publish' === get_post_status( $post_id ) ) {
			return;
		}
		// The first revision would only repeat the post.
		$revision = has_action( 'wp_after_insert_post', 'wp_save_post_revision_on_insert' );
		remove_action( 'wp_after_insert_post', 'wp_save_post_revision_on_insert', (int) $revision );
		try {
			wp_publish_post( $post_id );
		} catch ( \Throwable $error ) {
			// Another plugin failed while it was told: what counts is whether the post is public.
			Routes::internal( $error );
		} finally {
			if ( false !== $revision ) {
				add_action( 'wp_after_insert_post', 'wp_save_post_revision_on_insert', $revision, 3 );
			}
		}
		$row = Posts::row( $post_id );
		if ( ! $row || 'publish' !== $row->post_status ) {
			throw new Problem( 'POST_PUBLISH_FAILED', 'WordPress did not make the post public.', 'seo_metadata', array( 'post_status' => $row ? $row->post_status : null ) );
		}
	}

	/** Images and a gallery post of the version before. */
	private static function remove_leftovers( $installation, $content_id, $post_id, $overflow ) {
		$old = Posts::overflow_of( $installation, $content_id );
		if ( $old && $old !== $overflow && Baseline::gallery_is_as_left( $post_id ) ) {
			wp_delete_post( $old, true );
		}
		$meta = Posts::meta( $post_id );
		Attachments::remove_unused( $installation, $content_id, array_map( 'intval', (array) json_decode( $meta[ Posts::IMAGES ] ?? '[]' ) ) );
	}
}
