<?php
/**
 * Another post is the content now.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Database\Database;
use Igny8\Installation;
use Igny8\Options;
use Igny8\Problem;
use Igny8\Rest\Input;
use Igny8\Rest\Routes;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- our own private rows; every value is prepared.

/** A person says which existing post a content is. Only our private rows change, of no post a word. */
final class Relink {

	/**
	 * POST content/{id}/relink/.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem NOT_FOUND, TYPE_DISABLED, CONTENT_INVALID.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$input        = new Input( Routes::json_body( $http ) );
		$content_id   = (int) $http['content_id'];
		$installation = Installation::of( $http );
		$key          = $input->matching( 'publish_key', Installation::UUID, 'must be a UUID' );
		$post_id      = self::meant( $input );
		self::check( Posts::row( $post_id ), $installation, $content_id );
		Database::alone(
			static function () use ( $installation, $content_id, $post_id, $key ) {
				self::link( $installation, $content_id, $post_id, $key );
			}
		);
		$row = Posts::row( $post_id );
		return array(
			200,
			array(
				'post_id'     => $post_id,
				'post_url'    => Posts::public_url( $post_id ),
				'post_type'   => $row->post_type,
				'post_status' => $row->post_status,
				'sequence'    => (int) Posts::meta( $post_id )[ Posts::SEQUENCE ],
			),
		);
	}

	/** The post by its id, or by its address. */
	private static function meant( Input $input ) {
		$id = $input->optional_number( 'post_id' );
		return null === $id ? url_to_postid( $input->text( 'url' ) ) : $id;
	}

	/** Whether it may become the content's. */
	private static function check( $row, $installation, $content_id ) {
		if ( ! $row || in_array( $row->post_type, array( 'revision', 'attachment' ), true ) || in_array( $row->post_status, array( 'trash', 'auto-draft' ), true ) ) {
			throw new Problem( 'NOT_FOUND', 'There is no such post in WordPress.', 'connection' );
		}
		if ( ! in_array( $row->post_type, Options::content_types(), true ) ) {
			throw new Problem( 'TYPE_DISABLED', sprintf( 'The content type "%s" is not enabled in this WordPress.', $row->post_type ), 'connection' );
		}
		$meta  = Posts::meta( (int) $row->ID );
		$owner = $meta[ Posts::INSTALLATION ] ?? '';
		$of    = (int) ( $meta[ Posts::CONTENT_ID ] ?? $meta[ Posts::GALLERY_OF ] ?? 0 );
		// A duplicate has the meta of another post, and is nobody's.
		$is_itself = ! isset( $meta[ Posts::ITSELF ] ) || (int) $meta[ Posts::ITSELF ] === (int) $row->ID;
		if ( $of && $is_itself && array( $owner, $of ) !== array( $installation, $content_id ) ) {
			Input::refuse( 'post_id', 'names a post that is another piece' );
		}
	}

	/** The post carries the content's id, and what carried it before is a post like any other. */
	private static function link( $installation, $content_id, $post_id, $key ) {
		global $wpdb;
		$row      = Posts::row( $post_id, true );
		$before   = Posts::with_content_id( $installation, $content_id );
		$sequence = 0;
		foreach ( array_unique( array_merge( $before, array( $post_id ) ) ) as $id ) {
			$sequence = max( $sequence, (int) ( Posts::meta( $id )[ Posts::SEQUENCE ] ?? 0 ) );
			Posts::give_away( $id );
		}
		$ours = array(
			Posts::CONTENT_ID    => $content_id,
			Posts::ITSELF        => $post_id,
			'_igny8_publish_key' => $key,
			Posts::SEQUENCE      => $sequence + 1,
		) + ( '' === $installation ? array() : array( Posts::INSTALLATION => $installation ) );
		foreach ( $ours as $name => $value ) {
			Posts::put( $post_id, $name, $value );
		}
		$now = Baseline::now( $row, Posts::meta( $post_id ) );
		$now->begin( $sequence + 1 );
		$now->forget_words();
		$now->write( $post_id, '' );
		Database::run( $wpdb->prepare( 'UPDATE ' . Database::table() . ' SET post_id = %d WHERE installation = %s AND content_id = %d', $post_id, $installation, $content_id ) );
	}
}
