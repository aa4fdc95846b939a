<?php
/**
 * What WordPress has for one of our ids.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Posts\Baseline;
use Igny8\Claim\Claim;
use Igny8\Database\Database;
use Igny8\Installation;
use Igny8\Posts\Deletion;
use Igny8\Posts\Posts;
use Igny8\Publish\Publisher;

defined( 'ABSPATH' ) || exit;

/** GET content/{id}/. */
final class Content_Status {

	/**
	 * The answer.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 */
	public static function answer( \WP_REST_Request $http ) {
		$content_id   = (int) $http['content_id'];
		$installation = Installation::of( $http );
		$ids          = Posts::with_content_id( $installation, $content_id );
		$post_id      = $ids ? $ids[0] : self::public_gallery( $installation, $content_id );
		return array(
			200,
			array(
				'content_id'         => $content_id,
				'exists'             => (bool) $post_id,
				'posts_with_this_id' => count( $ids ),
				'post'               => $post_id ? self::post( $post_id, $installation, $content_id ) : null,
				'publish'            => self::publish( $installation, $content_id ),
			),
		);
	}

	/** The gallery post, where it is still public though somebody has deleted its post; else 0. */
	private static function public_gallery( $installation, $content_id ) {
		$id = Posts::overflow_of( $installation, $content_id );
		return Posts::is_public( Posts::row( $id ) ) ? $id : 0;
	}

	/**
	 * The post as it is now; it is public as long as its gallery post is, too. What an unfinished deletion
	 * of ours has taken of either is no edit.
	 */
	private static function post( $post_id, $installation, $content_id ) {
		$gallery  = Posts::row( Posts::overflow_of( $installation, $content_id ) );
		$row      = Posts::row( $post_id );
		$meta     = Posts::meta( $post_id );
		$now      = Baseline::now( $row, $meta );
		$is_half  = Deletion::half_done( $installation, $content_id, array( Posts::CONTENT_ID, Posts::GALLERY_OF ) );
		$edits    = $is_half ? array() : Baseline::left( $row, $meta )->differences( $now, $row );
		$featured = (int) ( $meta['_thumbnail_id'] ?? 0 );
		return array(
			'post_id'            => $post_id,
			'post_type'          => $row->post_type,
			'post_status'        => $row->post_status,
			'is_public'          => Posts::is_public( $row ) || Posts::is_public( $gallery ),
			'post_url'           => Posts::public_url( $post_id ),
			'modified_utc'       => Posts::utc( Posts::time_of( $row, 'post_modified' ) ),
			'content_hash'       => $meta['_igny8_content_hash'] ?? null,
			'stored_hash'        => Posts::stored_hash( $row ),
			'edited_there'       => (bool) $edits,
			'differences'        => $edits,
			'over'               => $edits ? $now->hash() : null,
			'publish_key'        => $meta['_igny8_publish_key'] ?? null,
			'sequence'           => (int) ( $meta['_igny8_sequence'] ?? 0 ),
			'terms'              => Posts::terms( $post_id, $row->post_type ),
			'featured_image_url' => $featured ? (string) wp_get_attachment_url( $featured ) : null,
		);
	}

	/** The fencing row. */
	private static function publish( $installation, $content_id ) {
		global $wpdb;
		$row = $wpdb->get_row( $wpdb->prepare( 'SELECT * FROM ' . Database::table() . ' WHERE installation = %s AND content_id = %d', $installation, $content_id ), ARRAY_A ); // phpcs:ignore WordPress.DB
		if ( ! $row ) {
			return null;
		}
		$done = 'done' === $row['state'];
		return array(
			'publish_key'  => $row['publish_key'],
			'intent'       => (int) $row['intent'],
			'attempt'      => (int) $row['attempt'],
			'seen_intent'  => (int) $row['seen_intent'],
			'seen_attempt' => (int) $row['seen_attempt'],
			'action'       => $row['action'],
			'state'        => in_array( $row['state'], Claim::OPEN, true ) ? 'running' : $row['state'],
			'result'       => $done ? Publisher::as_answer( (array) json_decode( $row['result'], true ) ) : null,
		);
	}
}
