<?php
/**
 * Taking a content offline.
 *
 * @package Igny8
 */

namespace Igny8\Publish;

use Igny8\Media\Attachments;
use Igny8\Posts\Baseline;
use Igny8\Claim\Claim;
use Igny8\Claim\Claim_Lost;
use Igny8\Claim\Fence;
use Igny8\Posts\Deletion;
use Igny8\Posts\Gallery;
use Igny8\Rest\Input;
use Igny8\Rest\Output;
use Igny8\Posts\People;
use Igny8\Posts\Known;
use Igny8\Posts\Posts;
use Igny8\Problem;
use Igny8\Claim\Recovery;
use Igny8\Rest\Routes;
use Igny8\Posts\Saving;
use Igny8\Database\Transaction;

defined( 'ABSPATH' ) || exit;

/** Retracting: to a draft, to the trash, or away; fenced and answered again like a publication. */
final class Retraction {

	/**
	 * POST content/{id}/retract/.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem STALE_ATTEMPT, IN_PROGRESS, CONTENT_INVALID, POST_UPDATE_FAILED.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$input = new Input( Routes::json_body( $http ) );
		$to    = $input->choice( 'to', array( 'draft', 'trash', 'delete' ) );
		$fence = Fence::read( $input, $http['content_id'], 'retract', $http );
		$claim = Claim::take( $fence );
		ignore_user_abort( true );
		try {
			if ( null !== $claim->replay ) {
				return array( 200, array( 'replayed' => true ) + $claim->replay );
			}
			return array( 200, Recovery::settle( $claim ) ?? self::carry_out( $claim, $to ) );
		} catch ( Claim_Lost $lost ) {
			throw $fence->stale( array( $fence->intent, $fence->attempt ) );
		} finally {
			$claim->release();
		}
	}

	/** Decides first, then acts: after a death the same is done again. */
	private static function carry_out( Claim $claim, $to ) {
		$content_id = $claim->fence->content_id;
		$owner      = $claim->fence->installation;
		$posts      = Posts::with_content_id( $owner, $content_id );
		$post_id    = $posts ? $posts[0] : 0;
		$overflow   = Posts::overflow_of( $owner, $content_id );
		$earlier    = $claim->previous ? json_decode( $claim->previous['result'], true ) : array();
		$sequence   = max( (int) ( $earlier['sequence'] ?? 0 ), $post_id ? (int) get_post_meta( $post_id, '_igny8_sequence', true ) : 0 );
		$data       = array(
			'content_id'               => $content_id,
			'publish_key'              => $claim->fence->key,
			'to'                       => $to,
			'result'                   => $post_id ? 'retracted' : 'gone',
			'post_id'                  => $post_id ? $post_id : null,
			'post_status'              => $post_id ? self::status_after( $to ) : null,
			'gallery_overflow_post_id' => $overflow ? $overflow : null,
			'replayed'                 => false,
			'sequence'                 => $post_id ? $sequence + 1 : $sequence,
		);
		// What an older plugin left is known from its stored answer only, which ends here.
		Known::follow( $post_id );
		// The row goes on naming a post that is gone: a duplicate of it is told from it by that.
		$claim->decide( $post_id ? $post_id : $claim->post_id, $data );
		return self::carry_on( $claim, $data );
	}

	/**
	 * Does what was decided. What does not come to its end has failed: it is not done later, when nobody
	 * expects it, but by its own next attempt.
	 *
	 * @param Claim $claim The content.
	 * @param array $data  The decided answer.
	 * @return array The answer.
	 * @throws \Throwable Whatever kept it from its end.
	 */
	public static function carry_on( Claim $claim, array $data ) {
		$fail = static function () use ( $claim, $data ) {
			$claim->undo->put_back_deleted();
			self::settle( $data );
			$claim->failed();
		};
		Output::on_early_end(
			static function () use ( $claim, $fail ) {
				$fail();
				$claim->release();
				throw Output::ended_early();
			}
		);
		try {
			$data = self::act( $claim, $data );
		} catch ( Claim_Lost $lost ) {
			throw $lost;
		} catch ( \Throwable $error ) {
			$fail();
			throw $error;
		} finally {
			Output::on_early_end( null );
		}
		$claim->done( $data );
		return $data;
	}

	/** Of one that did not come to its end: what it took offline is no edit of anybody's. */
	public static function settle( array $data ) {
		$row     = Posts::row( (int) $data['post_id'] );
		$gallery = Posts::row( (int) $data['gallery_overflow_post_id'] );
		if ( $row && in_array( $row->post_status, array( 'draft', 'trash' ), true ) ) {
			Known::follow( (int) $row->ID );
		}
		if ( $row && $gallery && in_array( $gallery->post_status, array( 'draft', 'trash' ), true ) ) {
			Known::follow_gallery( (int) $row->ID, $gallery->post_status );
		}
	}

	/** The status that a post has then; null: it is deleted for good. */
	private static function status_after( $to ) {
		return 'delete' === $to || ( 'trash' === $to && ! EMPTY_TRASH_DAYS ) ? null : $to;
	}

	/** What people have left in or on the post since is never deleted for good: it goes to the trash, or offline where there is none. */
	private static function careful( $to, $post_id ) {
		$row = $post_id && null === self::status_after( $to ) ? Posts::row( $post_id ) : null;
		if ( ! $row ) {
			return $to;
		}
		$meta  = Posts::meta( $post_id );
		$edits = wp_list_pluck( Baseline::left( $row, $meta )->differences( Baseline::now( $row, $meta ), $row ), 'field' );
		$edits = array_filter(
			$edits,
			static function ( $field ) {
				return 'status' !== $field && 0 !== strpos( $field, Baseline::GALLERY );
			}
		);
		if ( ! $edits && ! People::have_worked_on( $post_id ) ) {
			return $to;
		}
		return EMPTY_TRASH_DAYS ? 'trash' : 'draft';
	}

	/**
	 * Does what was decided; doing it twice does no harm.
	 *
	 * @param Claim $claim The content.
	 * @param array $data  The decided answer.
	 * @return array The answer, which says what has become of the post.
	 * @throws Problem POST_UPDATE_FAILED.
	 */
	private static function act( Claim $claim, array $data ) {
		$post_id    = (int) $data['post_id'];
		$row        = $post_id ? Posts::row( $post_id ) : null;
		$known      = $row && Baseline::is_stored( $row, Posts::meta( $post_id ) );
		$to         = self::careful( $data['to'], $post_id );
		$gallery_to = self::gallery_to( $data, $to );
		if ( $row ) {
			self::move( $claim, get_post( $post_id ), $to );
		}
		if ( null !== $gallery_to ) {
			self::move( $claim, get_post( $data['gallery_overflow_post_id'] ), $gallery_to );
		}
		if ( ! $post_id ) {
			return $data;
		}
		$now                 = Posts::row( $post_id );
		$data['post_status'] = $now ? $now->post_status : null;
		$data['to']          = $now ? ( 'trash' === $now->post_status ? 'trash' : 'draft' ) : 'delete';
		if ( ! $now ) {
			Attachments::remove_unused( $claim, array() );
			return $data;
		}
		Known::follow( $post_id, null, null === $gallery_to ? null : self::status_after( $gallery_to ) );
		update_post_meta( $post_id, '_igny8_sequence', $data['sequence'] );
		if ( $known ) {
			update_post_meta( $post_id, Posts::STORED_HASH, Posts::stored_hash( $now ) );
		}
		return $data;
	}

	/**
	 * Where the gallery post goes with its post: draft, trash, delete, or null where it stays as it is. One
	 * in the trash is offline already. Where it was to be deleted, one that somebody edited, or whose post
	 * is gone, so that nobody knows, goes offline only.
	 *
	 * @param array  $data The decided answer.
	 * @param string $to   Where the post goes.
	 */
	private static function gallery_to( array $data, $to ) {
		$id   = (int) $data['gallery_overflow_post_id'];
		$post = $id ? get_post( $id ) : null;
		if ( ! $post || ( 'trash' === $post->post_status && 'draft' === $to ) ) {
			return null;
		}
		if ( null !== self::status_after( $data['to'] ) ) {
			return $to;
		}
		$is_ours = Posts::row( (int) $data['post_id'] ) ? Known::gallery_is_as_left( $data['post_id'] ) : Gallery::is_as_left( $id );
		if ( $is_ours ) {
			return $to;
		}
		return 'trash' === $post->post_status ? null : 'draft';
	}

	/** Moves one post offline, and looks whether it is. */
	private static function move( Claim $claim, \WP_Post $post, $to ) {
		if ( null === self::status_after( $to ) ) {
			Deletion::run( $post->ID, $claim );
		} elseif ( 'trash' !== $post->post_status && 'trash' === $to ) {
			self::throw_away( $post->ID );
		} elseif ( ! in_array( $post->post_status, array( 'trash', 'draft' ), true ) ) {
			Saving::as_draft( $post->ID );
		}
		Transaction::end_others();
		$now = Posts::row( $post->ID );
		if ( $now && ( null === self::status_after( $to ) || Posts::is_public( $now ) ) ) {
			throw new Problem( 'POST_UPDATE_FAILED', 'WordPress refused to take the post offline.', 'creating_post', array( 'post_id' => $post->ID ) );
		}
	}

	/** Into the trash; one in the trash is offline, and may be there for a reason. */
	private static function throw_away( $id ) {
		Saving::status_of(
			$id,
			static function () use ( $id ) {
				wp_trash_post( $id );
			}
		);
	}
}
