<?php
/**
 * Title and description of a page without an SEO plugin.
 *
 * @package Igny8
 */

namespace Igny8\Seo;

defined( 'ABSPATH' ) || exit;

/** Prints what no SEO plugin prints. */
final class Head {

	/** Meta description, and keywords where a site wants them. */
	public static function print_meta() {
		if ( ! self::is_ours() ) {
			return;
		}
		$description = (string) get_post_meta( get_queried_object_id(), Seo::META_DESCRIPTION, true );
		if ( '' !== $description ) {
			printf( '<meta name="description" content="%s" />' . "\n", esc_attr( $description ) );
		}
		if ( apply_filters( 'igny8_print_meta_keywords', false ) ) {
			$words = (array) json_decode( (string) get_post_meta( get_queried_object_id(), '_igny8_focus_keywords', true ), true );
			printf( '<meta name="keywords" content="%s" />' . "\n", esc_attr( implode( ', ', $words ) ) );
		}
	}

	/**
	 * The title for search engines.
	 *
	 * @param string $title What the theme would print; '' as a rule.
	 */
	public static function title( $title ) {
		if ( '' !== $title || ! self::is_ours() ) {
			return $title;
		}
		return esc_html( (string) get_post_meta( get_queried_object_id(), Seo::META_TITLE, true ) );
	}

	/**
	 * Where the original of a post stands.
	 *
	 * @param string   $url  The post's own address.
	 * @param \WP_Post $post The post.
	 */
	public static function canonical( $url, $post ) {
		$elsewhere = 'none' === Seo::active()->name() ? (string) get_post_meta( $post->ID, Seo::META_CANONICAL, true ) : '';
		return '' === $elsewhere ? $url : esc_url( $elsewhere );
	}

	/** A single page of one post, and nobody else cares for its head. */
	private static function is_ours() {
		return is_singular() && 'none' === Seo::active()->name();
	}
}
