<?php
/**
 * After a death.
 *
 * @package Igny8
 */

namespace Igny8;

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
		if ( ! $claim->previous || ! in_array( $claim->previous['state'], Claim::OPEN, true ) ) {
			return null;
		}
		if ( 'publishing' !== $claim->previous['state'] ) {
			self::take_back( $claim );
			return null;
		}
		$data = (array) json_decode( $claim->previous['result'], true );
		if ( isset( $data['to'] ) ) {
			Retraction::act( $claim->fence->installation, $data );
		} elseif ( Finish::may_run( $data ) ) {
			Finish::run( $claim->fence->installation, $data );
			self::count_terms( (int) $data['post_id'] );
		} else {
			$claim->settled();
			return null;
		}
		if ( $data['publish_key'] === $claim->fence->key ) {
			$claim->done();
			return $data;
		}
		$claim->settled();
		return null;
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
