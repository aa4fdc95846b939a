<?php
/**
 * What somebody changed in WordPress is taken over.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Claim\Fence;
use Igny8\Database\Database;
use Igny8\Installation;
use Igny8\Problem;
use Igny8\Rest\Input;
use Igny8\Rest\Routes;
use Igny8\Rest\Standings;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- our own private rows; every value is prepared.

/** The post as it stands is what the app has, too: from now on a change is one against this. */
final class Acceptance {

	/**
	 * POST content/{id}/accept/. The post itself is not changed.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem NOT_FOUND, EDITED_THERE, CONTENT_INVALID.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$input = new Input( Routes::json_body( $http ) );
		$over  = $input->sha256( 'over', true );
		$hash  = $input->sha256( 'content_hash', true );
		$ids   = Posts::with_content_id( Installation::of( $http ), (int) $http['content_id'] );
		if ( ! $ids ) {
			throw Standings::none();
		}
		$take = static function () use ( $ids, $over, $hash ) {
			return self::take( $ids[0], $over, $hash );
		};
		return array( 200, self::alone( $take ) );
	}

	/**
	 * Runs $write in a short transaction of its own.
	 *
	 * @param callable $write What is written.
	 * @return mixed What it gives.
	 * @throws \Throwable What it throws: then nothing is kept.
	 */
	public static function alone( callable $write ) {
		global $wpdb;
		Database::run( 'START TRANSACTION' );
		try {
			$made = $write();
			Database::run( 'COMMIT' );
			return $made;
		} catch ( \Throwable $error ) {
			$wpdb->query( 'ROLLBACK' );
			throw $error;
		}
	}

	/** Nobody has changed it since the app read it: what stands there is the baseline. */
	private static function take( $post_id, $over, $hash ) {
		$row  = Posts::row( $post_id, true );
		$meta = $row ? Posts::meta( $post_id ) : array();
		$now  = $row ? Baseline::now( $row, $meta ) : null;
		if ( ! $now ) {
			throw Fence::busy();
		}
		if ( $now->hash() !== $over ) {
			$details = array( 'post_id' => $post_id, 'stored_hash' => Posts::stored_hash( $row ), 'differences' => Baseline::left( $row, $meta )->differences( $now, $row ), 'over' => $now->hash() ); // phpcs:ignore WordPress.Arrays
			throw new Problem( 'EDITED_THERE', 'The post was edited in WordPress again meanwhile.', 'connection', $details );
		}
		self::put( $post_id, '_igny8_content_hash', $hash );
		self::put( $post_id, Posts::STORED_HASH, Posts::stored_hash( $row ) );
		self::put( $post_id, '_igny8_slug', urldecode( $row->post_name ) );
		Baseline::keep( $row );
		return array(
			'post_id'     => $post_id,
			'post_status' => $row->post_status,
			'stored_hash' => Posts::stored_hash( $row ),
		);
	}

	/** One private row of a post, in place. */
	public static function put( $post_id, $key, $value ) {
		global $wpdb;
		Database::run( $wpdb->prepare( "DELETE FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $post_id, $key ) );
		Database::run( $wpdb->prepare( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES (%d, %s, %s)", $post_id, $key, $value ) );
		wp_cache_delete( $post_id, 'post_meta' );
	}
}
