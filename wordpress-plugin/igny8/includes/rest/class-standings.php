<?php
/**
 * How our posts stand there, many at once, and one of them whole.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Claim\Claim;
use Igny8\Database\Database;
use Igny8\Installation;
use Igny8\Posts\Baseline;
use Igny8\Posts\Deletion;
use Igny8\Posts\Gallery;
use Igny8\Posts\Own;
use Igny8\Posts\Posts;
use Igny8\Problem;
use Igny8\Seo\Seo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the truth is read from the database, past every cache; every value is prepared.

/** What the app compares with what it left. Nothing is written. */
final class Standings {

	const MOST = 100;

	/**
	 * GET content?content_ids=1,2,3.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem CONTENT_INVALID.
	 */
	public static function answer( \WP_REST_Request $http ) {
		$given = (string) $http['content_ids'];
		if ( ! preg_match( '/^[0-9]{1,18}(,[0-9]{1,18})*$/D', $given ) ) {
			Input::refuse( 'content_ids', 'must be ids with commas between them' );
		}
		$ids = array_unique( array_map( 'intval', explode( ',', $given ) ) );
		if ( count( $ids ) > self::MOST ) {
			Input::refuse( 'content_ids', 'has more than ' . self::MOST . ' ids' );
		}
		$list = array();
		foreach ( $ids as $content_id ) {
			$list[] = self::standing( Installation::of( $http ), $content_id );
		}
		return array( 200, array( 'contents' => $list ) );
	}

	/**
	 * GET content/{id}/there: one post with all its words.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem NOT_FOUND.
	 */
	public static function there( \WP_REST_Request $http ) {
		$installation = Installation::of( $http );
		$content_id   = (int) $http['content_id'];
		$standing     = self::standing( $installation, $content_id );
		if ( null === $standing['post'] ) {
			throw self::none();
		}
		$id       = $standing['post']['post_id'];
		$row      = Posts::row( $id );
		$meta     = Posts::meta( $id );
		$now      = Baseline::now( $row, $meta );
		$author   = get_userdata( (int) $row->post_author );
		$featured = (int) ( $meta['_thumbnail_id'] ?? 0 );
		return array(
			200,
			$standing['post'] + array(
				'is_busy'            => $standing['is_busy'],
				'hash'               => $now->hash(),
				'stored_hash'        => Posts::stored_hash( $row ),
				'differences'        => Baseline::left( $row, $meta )->differences( $now, $row ),
				'post_type'          => $row->post_type,
				'title'              => $row->post_title,
				'content_html'       => Gallery::without_grid( Gallery::without_link( $row->post_content ), $meta ),
				'excerpt'            => $row->post_excerpt,
				'slug'               => urldecode( $row->post_name ),
				'author_email'       => $author ? $author->user_email : '',
				'terms'              => Posts::terms( $id, $row->post_type ),
				'featured_image_url' => $featured ? (string) wp_get_attachment_url( $featured ) : null,
				'seo'                => Seo::active()->words( $id ),
				'own'                => Own::of( $row, $meta ),
			),
		);
	}

	/** There is no post of that content. */
	public static function none() {
		return new Problem( 'NOT_FOUND', 'There is no post of this content in WordPress.', 'connection' );
	}

	/** One content: how often it is there, and how its post stands. */
	private static function standing( $installation, $content_id ) {
		$ids = Posts::with_content_id( $installation, $content_id );
		return array(
			'content_id'         => $content_id,
			'posts_with_this_id' => count( $ids ),
			'is_busy'            => self::is_busy( $installation, $content_id ),
			'post'               => $ids ? self::post( $ids[0], $installation, $content_id ) : null,
		);
	}

	/** Whether a request of ours works on it just now, so that what stands there is half of something. */
	private static function is_busy( $installation, $content_id ) {
		global $wpdb;
		$sql   = 'SELECT state FROM ' . Database::table() . ' WHERE installation = %s AND content_id = %d';
		$state = $wpdb->get_var( $wpdb->prepare( $sql, $installation, $content_id ) );
		$half  = Deletion::half_done( $installation, $content_id, array( Posts::CONTENT_ID, Posts::GALLERY_OF ) );
		return $half || in_array( $state, Claim::OPEN, true );
	}

	/** A post by its hashes: what a look at all of them needs. */
	private static function post( $post_id, $installation, $content_id ) {
		$row   = Posts::row( $post_id );
		$meta  = Posts::meta( $post_id );
		$now   = Baseline::now( $row, $meta );
		$left  = Baseline::left( $row, $meta );
		$edits = (bool) $left->differences( $now, $row );
		return array(
			'post_id'      => $post_id,
			'post_status'  => $row->post_status,
			'is_public'    => Posts::is_public( $row ) || Posts::is_public( Posts::row( Posts::overflow_of( $installation, $content_id ) ) ),
			'post_url'     => Posts::public_url( $post_id ),
			'modified_utc' => Posts::utc( Posts::time_of( $row, 'post_modified' ) ),
			'edited_there' => $edits,
			'over'         => $edits ? $now->hash() : null,
			'by'           => $edits ? self::editor( $row ) : null,
			'sequence'     => (int) ( $meta[ Posts::SEQUENCE ] ?? 0 ),
			'known'        => $left->known(),
		);
	}

	/** Who saved the post last, where a revision tells; null: nobody knows. */
	private static function editor( $row ) {
		global $wpdb;
		$sql  = "SELECT post_author FROM $wpdb->posts WHERE post_parent = %d AND post_type = 'revision' AND post_name = %s AND post_modified_gmt >= %s ORDER BY ID DESC LIMIT 1";
		$user = get_userdata( (int) $wpdb->get_var( $wpdb->prepare( $sql, $row->ID, "$row->ID-revision-v1", $row->post_modified_gmt ) ) );
		if ( ! $user ) {
			return null;
		}
		return array(
			'id'   => (int) $user->ID,
			'name' => (string) $user->display_name,
		);
	}
}
