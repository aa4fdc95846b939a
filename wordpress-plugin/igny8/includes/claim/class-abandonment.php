<?php
/**
 * The app gave an intent up.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Rest\Answer;
use Igny8\Rest\Input;
use Igny8\Posts\Posts;
use Igny8\Publish\Finish;
use Igny8\Publish\Publisher;
use Igny8\Rest\Routes;
use Igny8\Media\Staging;

defined( 'ABSPATH' ) || exit;

/** Leaves nothing of an intent behind, unless it had succeeded. */
final class Abandonment {

	/**
	 * POST content/{id}/abandon/.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem STALE_ATTEMPT, IN_PROGRESS, CONTENT_INVALID.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$input  = new Input( Routes::json_body( $http ) );
		$hashes = $input->items(
			'sha256',
			static function ( $value, $field ) {
				return is_string( $value ) && preg_match( '/^[0-9a-f]{64}$/D', $value ) ? $value : Input::refuse( $field, 'must be a SHA-256 in hex' );
			}
		);
		$fence  = Fence::read( $input, $http['content_id'], 'abandon', $http );
		$claim  = Claim::take( $fence );
		try {
			return array( 200, self::carry_out( $claim, $hashes ) );
		} catch ( Claim_Lost $lost ) {
			throw $fence->stale( array( $fence->intent, $fence->attempt ) );
		} finally {
			$claim->release();
		}
	}

	/** Undoes, or tells that there is nothing to undo. */
	private static function carry_out( Claim $claim, array $hashes ) {
		if ( null !== $claim->replay && $claim->was_done() ) {
			return self::answer( $claim, 'done', false, $claim->replay );
		}
		$undone = false;
		Recovery::put_back( $claim );
		if ( null === $claim->replay ) {
			$finished = $claim->previous ? self::settle( $claim, $undone ) : self::find( $claim );
			if ( null !== $finished ) {
				return self::answer( $claim, 'done', false, $finished );
			}
			$claim->failed( 'abandoned' );
		}
		array_map( array( Staging::class, 'drop' ), $hashes );
		return self::answer( $claim, 'abandoned', $undone, null );
	}

	/** The row is lost, as when the plugin was removed meanwhile: a public post that carries the key tells. */
	private static function find( Claim $claim ) {
		foreach ( Posts::with_content_id( $claim->fence->installation, $claim->fence->content_id ) as $id ) {
			$row  = Posts::row( $id );
			$meta = Posts::meta( $id );
			if ( ( $meta['_igny8_publish_key'] ?? '' ) === $claim->fence->key && Posts::is_public( $row ) ) {
				$data = Answer::standing( $claim->fence, $row, $meta );
				$claim->done( $data, $id );
				return $data;
			}
		}
		return null;
	}

	/** What is committed but not public is taken back; what is public already stays and is finished. */
	private static function settle( Claim $claim, &$undone ) {
		if ( ! $claim->previous || ! in_array( $claim->previous['state'], Claim::OPEN, true ) ) {
			return null;
		}
		if ( 'publishing' === $claim->previous['state'] ) {
			$row  = Posts::row( $claim->post_id );
			$data = (array) json_decode( $claim->previous['result'], true );
			if ( Posts::is_public( $row ) || ( $row && 'private' === $row->post_status ) || isset( $data['to'] ) || $data['publish_key'] !== $claim->fence->key ) {
				return Recovery::settle( $claim );
			}
			Finish::take_gallery_back( $data );
			$claim->begin_undo();
		}
		$undone = Recovery::take_back( $claim );
		return null;
	}

	/** The answer. */
	private static function answer( Claim $claim, $state, $undone, ?array $result ) {
		return array(
			'content_id'  => $claim->fence->content_id,
			'publish_key' => $claim->fence->key,
			'state'       => $state,
			'undone'      => $undone,
			'result'      => null === $result ? null : Publisher::as_answer( $result ),
		);
	}
}
