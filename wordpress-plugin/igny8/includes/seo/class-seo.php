<?php
/**
 * SEO fields of a post.
 *
 * @package Igny8
 */

namespace Igny8\Seo;

use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** Finds the active SEO plugin and makes sure that what was written arrived. */
final class Seo {

	const META_TITLE       = '_igny8_meta_title';
	const META_DESCRIPTION = '_igny8_meta_description';
	const META_CANONICAL   = '_igny8_canonical_url';

	/** The writer of the plugin that is really active, found by what it defines. */
	public static function active() {
		if ( defined( 'WPSEO_VERSION' ) ) {
			return self::meta( 'yoast', WPSEO_VERSION, '_yoast_wpseo_title', '_yoast_wpseo_metadesc', '_yoast_wpseo_canonical', array( 'first' => '_yoast_wpseo_focuskw', 'rest' => '_yoast_wpseo_keywordsynonyms' ) ); // phpcs:ignore WordPress.Arrays
		}
		if ( defined( 'RANK_MATH_VERSION' ) ) {
			return self::meta( 'rank_math', RANK_MATH_VERSION, 'rank_math_title', 'rank_math_description', 'rank_math_canonical_url', array( 'all' => 'rank_math_focus_keyword' ) );
		}
		if ( defined( 'AIOSEO_VERSION' ) ) {
			return new Aioseo();
		}
		if ( defined( 'SEOPRESS_VERSION' ) ) {
			return self::meta( 'seopress', SEOPRESS_VERSION, '_seopress_titles_title', '_seopress_titles_desc', '_seopress_robots_canonical', array( 'all' => '_seopress_analysis_target_kw' ) );
		}
		return self::meta( 'none', null, self::META_TITLE, self::META_DESCRIPTION, self::META_CANONICAL, array() );
	}

	/**
	 * Writes and reads back.
	 *
	 * @param Writer $writer  The active plugin's.
	 * @param int    $post_id The post.
	 * @param array  $values  From Writer::values.
	 * @throws Problem SEO_WRITE_FAILED.
	 */
	public static function write( Writer $writer, $post_id, array $values ) {
		try {
			$writer->write( $post_id, $values );
			$stored = $writer->stored( $post_id, array_keys( $values ) );
		} catch ( \Throwable $error ) {
			throw self::failed( $writer, get_class( $error ) . ': ' . $error->getMessage() );
		}
		foreach ( $values as $field => $value ) {
			// Some plugins trim or normalise what they store: that it is there is what counts,
			// and that a removed value went.
			if ( ( '' === $value ) !== ( '' === $stored[ $field ] ) || ! self::agree( $value, $stored[ $field ] ) ) {
				throw self::failed( $writer, "$field was not stored" );
			}
		}
	}

	/** Same words, whatever the spacing, the entities and the key order of JSON. */
	public static function is_same( $wanted, $stored ) {
		return self::words( $stored ) === self::words( $wanted );
	}

	/** The same, or with something around them. */
	private static function agree( $wanted, $stored ) {
		return false !== strpos( self::words( $stored ), self::words( $wanted ) ) || self::is_same( $wanted, $stored );
	}

	/** The letters and digits of a value. */
	private static function words( $text ) {
		$data = json_decode( $text, true );
		if ( is_array( $data ) ) {
			$text = '';
			array_walk_recursive(
				$data,
				static function ( $leaf ) use ( &$text ) {
					$text .= ' ' . $leaf;
				}
			);
		}
		return preg_replace( '/[^\p{L}\p{N}]+/u', '', html_entity_decode( wp_strip_all_tags( $text ), ENT_QUOTES ) );
	}

	/** Why nothing of the post stays. */
	private static function failed( Writer $writer, $error ) {
		return new Problem(
			'SEO_WRITE_FAILED',
			'The SEO fields could not be stored.',
			'seo_metadata',
			array(
				'seo_plugin' => $writer->name(),
				'error'      => $error,
			)
		);
	}

	/** A writer for post meta. */
	private static function meta( $name, $version, $title, $description, $canonical, array $keywords ) {
		return new Meta_Writer( $name, $version, array( 'title' => $title, 'description' => $description, 'canonical' => $canonical ) + $keywords ); // phpcs:ignore WordPress.Arrays
	}
}
