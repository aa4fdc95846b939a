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

	/** The posts as they were committed, while they go public. @var object[] */
	private static $stood = array();

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
		self::all_go_public( array_filter( array( $overflow, (int) $data['post_id'] ) ) );
		if ( 'updated' === $data['result'] ) {
			self::clear_away( $installation, $data, $overflow );
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
		$meta  = Posts::meta( (int) $row->ID );
		$edits = Baseline::left( $row, $meta )->differences( Baseline::now( $row, $meta ), $row );
		return ! in_array( 'status', wp_list_pluck( $edits, 'field' ), true );
	}

	/** All of them; where one is refused, all stand as they were committed. */
	private static function all_go_public( array $posts ) {
		self::$stood = array();
		try {
			foreach ( $posts as $post_id ) {
				self::$stood = array_filter( array_merge( self::$stood, array( Posts::row( $post_id ) ) ) );
				self::go_public( $post_id );
			}
			self::$stood = array();
		} finally {
			self::step_back();
		}
	}

	/** Whether the request was ended while a post went public, and it is not. */
	public static function is_refused() {
		foreach ( self::$stood as $row ) {
			$now = Posts::row( (int) $row->ID );
			if ( ! $now || 'publish' !== $now->post_status ) {
				return true;
			}
		}
		return false;
	}

	/** Back to what was committed, from which the undo list knows the way; whatever it was that refused has changed columns. */
	public static function step_back() {
		global $wpdb;
		foreach ( self::$stood as $row ) {
			$now  = (array) Posts::row( (int) $row->ID );
			$back = $now ? array_diff_assoc( (array) $row, $now ) : array();
			if ( $back ) {
				$wpdb->update( $wpdb->posts, $back, array( 'ID' => $row->ID ) + array_intersect_key( $now, $back ) ); // phpcs:ignore WordPress.DB -- past every hook.
				Cache_Trail::clean_post( (int) $row->ID );
			}
		}
		self::$stood = array();
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

	/** Images and a gallery post of the version before; what breaks here is no part of the publication. */
	private static function clear_away( $installation, array $data, $overflow ) {
		try {
			self::remove_leftovers( $installation, (int) $data['content_id'], (int) $data['post_id'], $overflow );
		} catch ( \Throwable $error ) {
			Routes::internal( $error );
		}
	}

	/** See above. */
	private static function remove_leftovers( $installation, $content_id, $post_id, $overflow ) {
		$old = Posts::overflow_of( $installation, $content_id );
		if ( $old && $old !== $overflow && Baseline::gallery_is_as_left( $post_id ) ) {
			wp_delete_post( $old, true );
		}
		$meta = Posts::meta( $post_id );
		Attachments::remove_unused( $installation, $content_id, array_map( 'intval', (array) json_decode( $meta[ Posts::IMAGES ] ?? '[]' ) ) );
	}
}
