<?php
/**
 * What is WordPress's own of a post.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

defined( 'ABSPATH' ) || exit;

/** Settings of a post that a publication never writes: told to the app, and left alone. */
final class Own {

	const MOST   = 50;
	const LONGEST = 200;

	/**
	 * Of one post.
	 *
	 * @param object $row  Its row.
	 * @param array  $meta Its meta.
	 */
	public static function of( $row, array $meta ) {
		$id = (int) $row->ID;
		return array(
			'template'      => (string) ( $meta['_wp_page_template'] ?? '' ),
			'format'        => (string) get_post_format( $id ),
			'comments_open' => 'open' === $row->comment_status,
			'pings_open'    => 'open' === $row->ping_status,
			'is_sticky'     => in_array( $id, array_map( 'intval', (array) get_option( 'sticky_posts' ) ), true ),
			'has_password'  => '' !== $row->post_password,
			'language'      => self::language( $row ),
			'translations'  => self::translations( $id ),
			'custom_fields' => self::custom_fields( $meta ),
		);
	}

	/** The post's language, where a translation plugin tells; '' : none does. */
	private static function language( $row ) {
		if ( function_exists( 'pll_get_post_language' ) ) {
			return (string) pll_get_post_language( (int) $row->ID );
		}
		// The filter is WPML's.
		return (string) apply_filters( 'wpml_element_language_code', '', array( 'element_id' => (int) $row->ID, 'element_type' => $row->post_type ) ); // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals, WordPress.Arrays
	}

	/** Addresses of the same in other languages. */
	private static function translations( $id ) {
		$list = array();
		foreach ( function_exists( 'pll_get_post_translations' ) ? (array) pll_get_post_translations( $id ) : array() as $language => $other ) {
			if ( (int) $other !== $id ) {
				$list[] = array(
					'language' => (string) $language,
					'url'      => (string) get_permalink( (int) $other ),
				);
			}
		}
		return $list;
	}

	/** Fields that people see in the editor: those whose names begin with no underscore. */
	private static function custom_fields( array $meta ) {
		$list = array();
		foreach ( $meta as $name => $value ) {
			if ( ! is_protected_meta( (string) $name, 'post' ) && count( $list ) < self::MOST ) {
				$list[] = array(
					'name'  => mb_substr( (string) $name, 0, self::LONGEST ),
					'value' => mb_substr( (string) $value, 0, self::LONGEST ),
				);
			}
		}
		return $list;
	}
}
