<?php
/**
 * Saving through WordPress what is not ours to change.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

defined( 'ABSPATH' ) || exit;

/** WordPress saves whole posts: what we do not mean to write stays byte by byte, whatever plugins filter. */
final class Saving {

	/** Columns that no change of a status touches. */
	const KEPT = array( 'post_title', 'post_content', 'post_excerpt', 'post_content_filtered', 'post_password', 'post_author', 'post_date', 'post_date_gmt', 'post_parent', 'menu_order', 'comment_status', 'ping_status', 'post_mime_type', 'post_type' );

	/**
	 * Does something that gives a post another status.
	 *
	 * @param int      $id  The post.
	 * @param callable $act What is done.
	 */
	public static function status_of( $id, callable $act ) {
		$stored = wp_slash( array_intersect_key( (array) Posts::row( $id ), array_flip( self::KEPT ) ) );
		$keep   = static function ( $data, $given ) use ( $id, $stored ) {
			return (int) ( $given['ID'] ?? 0 ) === (int) $id ? array_merge( $data, array_intersect_key( $stored, $data ) ) : $data;
		};
		add_filter( 'wp_insert_post_data', $keep, PHP_INT_MAX, 2 );
		try {
			self::with_its_template( $act );
		} finally {
			remove_filter( 'wp_insert_post_data', $keep, PHP_INT_MAX );
		}
	}

	/** Makes a draft of a post, or hides it otherwise. */
	public static function as_draft( $id, $status = 'draft' ) {
		self::status_of(
			$id,
			static function () use ( $id, $status ) {
				wp_update_post( array( 'ID' => $id, 'post_status' => $status, 'edit_date' => true ) ); // phpcs:ignore WordPress.Arrays
			}
		);
	}

	/**
	 * Does something in which posts are saved. A page template that a person chose stays, though the theme
	 * of today has none of that name: WordPress would refuse the post, or put its default in.
	 *
	 * @param callable $act What is done.
	 * @return mixed What it returns.
	 */
	public static function with_its_template( callable $act ) {
		$types = get_post_types();
		foreach ( $types as $type ) {
			add_filter( "theme_{$type}_templates", array( self::class, 'add_template' ), PHP_INT_MAX, 3 );
		}
		try {
			return $act();
		} finally {
			foreach ( $types as $type ) {
				remove_filter( "theme_{$type}_templates", array( self::class, 'add_template' ), PHP_INT_MAX );
			}
		}
	}

	/** Filter theme_{type}_templates: the post's own is one of them. */
	public static function add_template( $templates, $theme, $post ) {
		$own = $post && $theme ? (string) get_post_meta( $post->ID, '_wp_page_template', true ) : '';
		return '' === $own ? $templates : $templates + array( $own => $own );
	}
}
