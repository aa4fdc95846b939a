<?php
/**
 * After a death.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Publish\Finish;
use Igny8\Problem;
use Igny8\Publish\Retraction;

defined( 'ABSPATH' ) || exit;

/** Settles what a request that never ended has left. */
final class Recovery {

	/**
	 * Finishes what was committed, takes back what was not.
	 *
	 * @param Claim $claim A claim that may have a predecessor.
	 * @return array|null The answer, when finishing the predecessor answers this very call.
	 */
	public static function settle( Claim $claim ) {
		self::put_back( $claim );
		if ( ! $claim->previous || ! in_array( $claim->previous['state'], Claim::OPEN, true ) ) {
			return null;
		}
		if ( 'publishing' !== $claim->previous['state'] ) {
			self::take_back( $claim );
			return null;
		}
		$data = (array) json_decode( $claim->previous['result'], true );
		$data = isset( $data['to'] ) ? self::retract( $claim, $data ) : self::finish( $claim, $data );
		if ( null !== $data && $data['publish_key'] === $claim->fence->key ) {
			if ( ! isset( $data['to'] ) ) {
				$claim->done( $data );
				( new Finish( $claim->fence->installation, $data ) )->clear_away( $claim );
			}
			return $data;
		}
		$claim->settled();
		return null;
	}

	/** What an unfinished deletion took is there again before anything is judged. */
	public static function put_back( Claim $claim ) {
		Undo::from_json( $claim->previous['undo_list'] ?? '' )->put_back_deleted();
	}

	/**
	 * Goes on with a dead retraction, for its own next attempt only: nobody else expects that now.
	 *
	 * @return array|null The answer; null where it has failed.
	 */
	private static function retract( Claim $claim, array $data ) {
		$is_its_own = 'retract' === $claim->fence->action && ! $claim->fence->is_sweep && $data['publish_key'] === $claim->fence->key;
		if ( $is_its_own ) {
			return Retraction::carry_on( $claim, $data );
		}
		Retraction::settle( $data );
		return null;
	}

	/**
	 * Makes public what a dead request had committed.
	 *
	 * @return array|null The answer; null where a person has taken the post away since, or where
	 *                    going public is refused and all of it is taken back.
	 * @throws Problem What keeps a public post from being finished.
	 */
	private static function finish( Claim $claim, array $data ) {
		$finish = Finish::after_death( $claim->fence->installation, $data );
		if ( ! $finish ) {
			return null;
		}
		try {
			$finish->run();
		} catch ( Problem $problem ) {
			if ( $finish->is_public() ) {
				throw $problem;
			}
			Finish::take_gallery_back( $data );
			$claim->begin_undo();
			self::take_back( $claim );
			return null;
		}
		Finish::harmless(
			static function () use ( $data ) {
				self::count_terms( (int) $data['post_id'] );
			}
		);
		return $data;
	}

	/** The dead request may have ended before it counted. */
	private static function count_terms( $post_id ) {
		foreach ( get_object_taxonomies( (string) get_post_type( $post_id ) ) as $taxonomy ) {
			$ids = wp_get_object_terms( $post_id, $taxonomy, array( 'fields' => 'tt_ids' ) );
			if ( $ids && ! is_wp_error( $ids ) ) {
				wp_update_term_count_now( $ids, $taxonomy );
			}
		}
	}

	/**
	 * Takes back what a dead request began.
	 *
	 * @return bool Whether there was something.
	 */
	public static function take_back( Claim $claim ) {
		$undo = Undo::from_json( $claim->previous['undo_list'] );
		$any  = ! $undo->is_empty();
		$undo->run_for_dead();
		$claim->settled();
		return $any;
	}
}
