<?php
/**
 * IGNY8 in the lists of posts, and beside a post.
 *
 * @package Igny8
 */

namespace Igny8\Admin;

use Igny8\Options;
use Igny8\Posts\Origin;

defined( 'ABSPATH' ) || exit;

/** A column and a box for the types that arrive from IGNY8. */
final class Post_Screens {

	const COLUMN = 'igny8';

	/** Action admin_init. */
	public static function register() {
		foreach ( Options::content_types() as $type ) {
			add_filter( "manage_{$type}_posts_columns", array( self::class, 'add_column' ) );
			add_action( "manage_{$type}_posts_custom_column", array( self::class, 'show_column' ), 10, 2 );
		}
	}

	/** Filter manage_{type}_posts_columns. */
	public static function add_column( $columns ) {
		return is_array( $columns ) ? $columns + array( self::COLUMN => 'IGNY8' ) : $columns;
	}

	/** Action manage_{type}_posts_custom_column. */
	public static function show_column( $column, $post_id ) {
		$post   = self::COLUMN === $column ? get_post( $post_id ) : null;
		$origin = $post ? Origin::of( $post ) : null;
		if ( null === $origin ) {
			return;
		}
		printf( '%s<br>%s', esc_html( $origin->word() ), self::link( $origin ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
	}

	/** Action add_meta_boxes. */
	public static function add_box( $type, $post ) {
		if ( $post instanceof \WP_Post && null !== Origin::of( $post ) ) {
			add_meta_box( 'igny8', 'IGNY8', array( self::class, 'show_box' ), $type, 'side' );
		}
	}

	/** What the box says. */
	public static function show_box( \WP_Post $post ) {
		$origin = Origin::of( $post );
		if ( null === $origin ) {
			return;
		}
		$lines = array(
			/* translators: %d: number of the piece in IGNY8. */
			sprintf( __( 'This post is piece %d of IGNY8.', 'igny8' ), $origin->content_id ),
			/* translators: %s: date and time. */
			'' === $origin->published() ? '' : sprintf( __( 'Last written by IGNY8 on %s.', 'igny8' ), $origin->published() ),
			$origin->is_changed ? __( 'It was changed here since. IGNY8 does not overwrite that unasked.', 'igny8' ) : '',
		);
		foreach ( array_filter( $lines ) as $line ) {
			printf( '<p>%s</p>', esc_html( $line ) );
		}
		printf( '<p>%s</p>', self::link( $origin ) ); // phpcs:ignore WordPress.Security.EscapeOutput -- escaped there.
	}

	/** To the piece in IGNY8, escaped. */
	private static function link( Origin $origin ) {
		$url = $origin->edit_url();
		return '' === $url ? '' : sprintf( '<a href="%s" target="_blank" rel="noopener">%s</a>', esc_url( $url ), esc_html__( 'Edit in IGNY8', 'igny8' ) );
	}
}
