<?php
/**
 * What is out there without an owner's name.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Media\Attachments;
use Igny8\Database\Database;
use Igny8\Rest\Input;
use Igny8\Installation;
use Igny8\Database\Locks;
use Igny8\Posts\Posts;
use Igny8\Problem;
use Igny8\Rest\Routes;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- reads and names rows past every cache; every value is prepared.

/**
 * Posts of version 0.1 name no installation. They belong to whoever names the key of their last
 * publication, which only the app that published them knows. What nobody proves stays as it is.
 */
final class Proof {

	const MOST_CONTENTS = 100;
	const MOST_KEYS     = 20;

	/**
	 * POST proofs/.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem CONTENT_INVALID.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$installation = Installation::of( $http );
		if ( '' === $installation ) {
			Input::refuse( 'X-IGNY8-Installation', 'is missing' );
		}
		$input  = new Input( Routes::json_body( $http ) );
		$offers = $input->items( 'contents', array( self::class, 'offer' ) );
		if ( count( $offers ) > self::MOST_CONTENTS ) {
			Input::refuse( 'contents', 'has more than ' . self::MOST_CONTENTS . ' contents' );
		}
		$ours = array();
		foreach ( $offers as $offer ) {
			try {
				if ( self::take( $installation, $offer['content_id'], $offer['publish_keys'] ) ) {
					$ours[] = $offer['content_id'];
				}
			} catch ( Problem $busy ) {
				continue; // Asked for again before anything of it is touched.
			}
		}
		return array(
			200,
			array(
				'ours'     => $ours,
				'unproven' => Posts::count_by_installation()[''] ?? 0,
			),
		);
	}

	/** One content in a list. */
	public static function offer( $value, $field ) {
		$input = new Input( is_array( $value ) ? $value : Input::refuse( $field, 'must be an object' ), $field );
		return array(
			'content_id'   => $input->number( 'content_id' ),
			'publish_keys' => self::keys( $input, 'publish_keys' ),
		);
	}

	/** The keys that an app knows of a content. */
	public static function keys( Input $input, $name ) {
		$keys = $input->items(
			$name,
			static function ( $value, $field ) {
				return is_string( $value ) && preg_match( Installation::UUID, $value ) ? $value : Input::refuse( $field, 'must be a UUID' );
			}
		);
		return count( $keys ) <= self::MOST_KEYS ? $keys : Input::refuse( $name, 'has more than ' . self::MOST_KEYS . ' keys' );
	}

	/**
	 * Gives the content's row and post the installation's name where a key proves them.
	 *
	 * @param string   $installation Who asks.
	 * @param int      $content_id   The content.
	 * @param string[] $keys         Keys of its publications.
	 * @return bool Whether anything has become the installation's.
	 */
	public static function take( $installation, $content_id, array $keys ) {
		if ( '' === $installation || ! $keys || Posts::with_content_id( $installation, $content_id ) ) {
			return false;
		}
		$row = self::row( $content_id, $keys );
		self::refuse_while_alive( $row );
		$posts = self::posts( $installation, $content_id, $keys );
		foreach ( $posts as $post_id ) {
			self::name( $installation, array_merge( array( $post_id ), self::companions( $content_id, $post_id, $row ) ) );
		}
		if ( $row ) {
			global $wpdb;
			// Where the installation has a row of this content already, that one counts.
			$wpdb->query( $wpdb->prepare( 'UPDATE IGNORE ' . Database::table() . " SET installation = %s WHERE installation = '' AND content_id = %d AND publish_key = %s", $installation, $content_id, $row['publish_key'] ) );
		}
		return $row || $posts;
	}

	/**
	 * Posts that would become the installation's; none where it has one of this content.
	 *
	 * @param string   $installation Who asks.
	 * @param int      $content_id   The content.
	 * @param string[] $keys         Keys of its publications.
	 * @return int[]
	 */
	public static function posts( $installation, $content_id, array $keys ) {
		if ( '' === $installation || ! $keys || Posts::with_content_id( $installation, $content_id ) ) {
			return array();
		}
		$row    = self::row( $content_id, $keys );
		$proven = array();
		foreach ( Posts::with_content_id( '', $content_id ) as $post_id ) {
			$key = Posts::meta( $post_id )['_igny8_publish_key'] ?? '';
			if ( in_array( $key, $keys, true ) || ( $row && (int) $row['post_id'] === $post_id ) ) {
				$proven[] = $post_id;
			}
		}
		return $proven;
	}

	/** The nameless row of the content, where one of the keys is its last. */
	private static function row( $content_id, array $keys ) {
		global $wpdb;
		$sql = 'SELECT *, UNIX_TIMESTAMP() AS now FROM ' . Database::table() . " WHERE installation = '' AND content_id = %d";
		$row = $wpdb->get_row( $wpdb->prepare( $sql, $content_id ), ARRAY_A );
		return $row && in_array( $row['publish_key'], $keys, true ) ? $row : null;
	}

	/**
	 * A request of before the update works on it.
	 *
	 * @throws Problem IN_PROGRESS.
	 */
	private static function refuse_while_alive( ?array $row ) {
		$open = $row && in_array( $row['state'], Claim::OPEN, true );
		if ( $open && ! Locks::is_free( $row['claim'] ) && (int) $row['claim_expires'] > (int) $row['now'] ) {
			throw Fence::busy();
		}
	}

	/** The gallery post that the post or its row names, and the attachments of both. */
	private static function companions( $content_id, $post_id, ?array $row ) {
		global $wpdb;
		$result    = $row ? (array) json_decode( $row['result'], true ) : array();
		$overflow  = Posts::overflow_of( '', $content_id );
		$is_linked = $overflow && false !== strpos( (string) Posts::row( $post_id )->post_content, esc_url( Posts::public_url( $overflow ) ) );
		$is_named  = $overflow && (int) ( $result['gallery']['gallery_overflow_post_id'] ?? 0 ) === $overflow;
		$posts     = $is_linked || $is_named ? array( $post_id, $overflow ) : array( $post_id );
		$sql       = "SELECT p.ID FROM $wpdb->posts p JOIN $wpdb->postmeta m ON m.post_id = p.ID AND m.meta_key = %s AND m.meta_value = %s
			WHERE p.post_type = 'attachment' AND p.post_parent IN (" . implode( ',', array_map( 'intval', $posts ) ) . ')';
		$found     = $wpdb->get_col( $wpdb->prepare( $sql, Attachments::CONTENT, $content_id ) );
		return array_merge( array_slice( $posts, 1 ), array_map( 'intval', $found ) );
	}

	/** Writes the name on posts that have none. */
	private static function name( $installation, array $post_ids ) {
		global $wpdb;
		$list = implode( ',', array_map( 'intval', $post_ids ) );
		$sql  = "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) SELECT p.ID, %s, %s FROM $wpdb->posts p WHERE p.ID IN ($list)
			AND NOT EXISTS (SELECT 1 FROM (SELECT post_id FROM $wpdb->postmeta WHERE meta_key = %s AND post_id IN ($list)) i WHERE i.post_id = p.ID)";
		Database::run( $wpdb->prepare( $sql, Posts::INSTALLATION, $installation, Posts::INSTALLATION ) );
		foreach ( $post_ids as $id ) {
			wp_cache_delete( $id, 'post_meta' );
		}
	}
}
