<?php
/**
 * What the app knows of a post moves along.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Changes\Outbox;
use Igny8\Claim\Fence;
use Igny8\Database\Database;
use Igny8\Installation;
use Igny8\Problem;
use Igny8\Rest\Input;
use Igny8\Rest\Routes;
use Igny8\Rest\Standings;

defined( 'ABSPATH' ) || exit;

/** Every way in which the baseline changes: by a publication, by what the app heard, took over, or forgot. */
final class Known {

	/** A publication remembers the post as it stands, inside its transaction: later it may be somebody's edit. */
	public static function keep( $row ) {
		$meta = Posts::meta( (int) $row->ID );
		$now  = Baseline::now( $row, $meta );
		if ( ! Posts::is_dated( $row ) ) {
			$now->forget_date();
		}
		$now->begin( (int) ( $meta[ Posts::SEQUENCE ] ?? 0 ) );
		$now->write( (int) $row->ID, $row->post_content );
	}

	/**
	 * We took the post offline, or are about to: only its status is not an edit of somebody's.
	 * We made it public: nor is what other plugins changed meanwhile.
	 *
	 * @param int           $post_id The post.
	 * @param Baseline|null $before  The post before it went public.
	 * @param string|null   $gallery The status that we gave its gallery post, too.
	 */
	public static function follow( $post_id, ?Baseline $before = null, $gallery = null ) {
		$row = Posts::row( $post_id );
		if ( ! $row ) {
			return;
		}
		$meta    = Posts::meta( $post_id );
		$left    = Baseline::left( $row, $meta );
		$content = $left->content();
		foreach ( $before ? $left->unedited( $before, Baseline::now( $row, $meta ) ) : array() as $name => $field ) {
			$left->leave( $name, $field );
			$content = 'content' === $name ? $row->post_content : $content;
		}
		$left->leave( 'status', Fields::field( $row->post_status ) );
		if ( null !== $gallery ) {
			$left->leave_gallery( $gallery );
		}
		$left->write( $post_id, $content );
	}

	/** We deleted its gallery post or took it offline: that is no edit. */
	public static function follow_gallery( $post_id, $status ) {
		$row  = Posts::row( $post_id );
		$left = $row ? Baseline::left( $row, Posts::meta( $post_id ) ) : null;
		if ( $left && $left->leave_gallery( $status ) ) {
			$left->write( $post_id, $left->content() );
		}
	}

	/** Whether its gallery post has the fields that the last publication or retraction left. */
	public static function gallery_has_our_fields( $post_id ) {
		$row  = Posts::row( $post_id );
		$meta = $row ? Posts::meta( $post_id ) : array();
		return ! $row || Baseline::left( $row, $meta )->has_gallery_of( Baseline::now( $row, $meta ) );
	}

	/** Whether nothing of anybody's is lost with its gallery post. */
	public static function gallery_is_as_left( $post_id ) {
		$meta = Posts::meta( $post_id );
		$id   = Posts::overflow_of( $meta[ Posts::INSTALLATION ] ?? '', (int) ( $meta[ Posts::CONTENT_ID ] ?? 0 ) );
		return self::gallery_has_our_fields( $post_id ) && ! Gallery::has_more( $id );
	}

	/**
	 * The app is being told of these fields; its answer may be lost. Inside a transaction that holds the
	 * post's row.
	 *
	 * @param object   $row   The post's row.
	 * @param string[] $names Fields.
	 */
	public static function telling( $row, array $names ) {
		$left = Baseline::left( $row, Posts::meta( (int) $row->ID ) );
		$left->telling( $names );
		$left->write( (int) $row->ID, $left->content() );
	}

	/**
	 * The app was told how fields stand; those that it took over are now as if it had left them so.
	 * Inside a transaction that holds the post's row.
	 *
	 * @param object   $row      The post's row.
	 * @param array    $sent     Field → array( hash, text, terms ), as it was told.
	 * @param string[] $taken    Of those, what it took over.
	 * @param int      $sequence The number under which it was told.
	 */
	public static function heard( $row, array $sent, array $taken, $sequence ) {
		$post_id = (int) $row->ID;
		$meta    = Posts::meta( $post_id );
		$left    = Baseline::left( $row, $meta );
		$content = $left->content();
		foreach ( $sent as $name => $field ) {
			if ( in_array( $name, $taken, true ) ) {
				$left->take( $name, $field );
				$content = 'content' === $name ? $field[1] : $content;
			} else {
				$left->tell( $name, $field );
			}
		}
		$left->known( $sequence );
		$left->write( $post_id, $content );
		if ( array_intersect( Fields::TEXTS, $taken ) && ! Baseline::left( $row, Posts::meta( $post_id ) )->untold( Baseline::now( $row, $meta ), Fields::TEXTS ) ) {
			update_post_meta( $post_id, Posts::STORED_HASH, Posts::stored_hash( $row ) );
		}
	}

	/**
	 * The app knows less than it knew: a backup was put back there. What it took over since is an edit
	 * again, and is told again. Inside a transaction that holds the post's row.
	 *
	 * @param object $row      The post's row.
	 * @param int    $sequence The number up to which it knows the post.
	 * @return bool Whether it is so.
	 */
	public static function forget_after( $row, $sequence ) {
		$post_id = (int) $row->ID;
		$left    = Baseline::left( $row, Posts::meta( $post_id ) );
		if ( $sequence >= $left->known() ) {
			return false;
		}
		$left->forget_after( $sequence );
		$left->write( $post_id, $left->content() );
		// Nobody knows what the words were when they were left.
		Posts::put( $post_id, Posts::STORED_HASH, hash( 'sha256', '' ) );
		return true;
	}

	/**
	 * POST content/{id}/forget/: the app says up to which number it knows the post. No word of the post is
	 * changed.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem NOT_FOUND, CONTENT_INVALID.
	 */
	public static function receive_forgetting( \WP_REST_Request $http ) {
		$input    = new Input( Routes::json_body( $http ) );
		$sequence = (int) $input->optional_number( 'sequence' );
		$post_id  = self::post_of( $http );
		$forgot   = Database::alone(
			static function () use ( $post_id, $sequence ) {
				$row = Posts::row( $post_id, true );
				return $row && self::forget_after( $row, $sequence );
			}
		);
		if ( $forgot ) {
			Outbox::note( $post_id );
		}
		return array( 200, array( 'post_id' => $post_id, 'forgot' => $forgot ) ); // phpcs:ignore WordPress.Arrays
	}

	/**
	 * POST content/{id}/accept/: the post as it stands is what the app has, too. The post itself is not
	 * changed.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem NOT_FOUND, EDITED_THERE, CONTENT_INVALID.
	 */
	public static function receive_acceptance( \WP_REST_Request $http ) {
		$input   = new Input( Routes::json_body( $http ) );
		$over    = $input->sha256( 'over', true );
		$hash    = $input->sha256( 'content_hash', true );
		$post_id = self::post_of( $http );
		$accept  = static function () use ( $post_id, $over, $hash ) {
			return self::accept( $post_id, $over, $hash );
		};
		return array( 200, Database::alone( $accept ) );
	}

	/** The post that a call is about. */
	private static function post_of( \WP_REST_Request $http ) {
		$ids = Posts::with_content_id( Installation::of( $http ), (int) $http['content_id'] );
		if ( ! $ids ) {
			throw Standings::none();
		}
		return $ids[0];
	}

	/** Nobody has changed it since the app read it: what stands there is the baseline. */
	private static function accept( $post_id, $over, $hash ) {
		$row  = Posts::row( $post_id, true );
		$meta = $row ? Posts::meta( $post_id ) : array();
		$now  = $row ? Baseline::now( $row, $meta ) : null;
		if ( ! $now ) {
			throw Fence::busy();
		}
		$left = Baseline::left( $row, $meta );
		if ( $now->hash() !== $over ) {
			$details = array( 'post_id' => $post_id, 'stored_hash' => Posts::stored_hash( $row ), 'differences' => $left->differences( $now, $row ), 'over' => $now->hash() ); // phpcs:ignore WordPress.Arrays
			throw new Problem( 'EDITED_THERE', 'The post was edited in WordPress again meanwhile.', 'connection', $details );
		}
		$sequence = 1 + (int) ( $meta[ Posts::SEQUENCE ] ?? 0 );
		Posts::put( $post_id, '_igny8_content_hash', $hash );
		Posts::put( $post_id, Posts::STORED_HASH, Posts::stored_hash( $row ) );
		Posts::put( $post_id, '_igny8_slug', urldecode( $row->post_name ) );
		Posts::put( $post_id, Posts::SEQUENCE, $sequence );
		$left->take_all( $now );
		$left->known( $sequence );
		$left->write( $post_id, $row->post_content );
		return array(
			'post_id'     => $post_id,
			'post_status' => $row->post_status,
			'stored_hash' => Posts::stored_hash( $row ),
			'sequence'    => $sequence,
		);
	}
}
