<?php
/**
 * Texts and what a database can hold.
 *
 * @package Igny8
 */

namespace Igny8\Database;

use Igny8\Problem;
use Igny8\Rest\Publish_Request;
use Igny8\Seo\Seo;

defined( 'ABSPATH' ) || exit;

/**
 * Old databases have columns of three bytes a character, or of one, which hold no emoji. Like
 * WordPress's own writing of emoji, a character that does not fit becomes HTML's number for it;
 * where the column can hold it, the text stays as it is.
 */
final class Charset {

	/** Characters by how common the lack of them is. */
	const RARE = array( '/[\x{10000}-\x{10FFFF}]/u', '/[^\x00-\x7F]/u' );

	/** Everything of a request that WordPress stores as text. */
	public static function fit_request( Publish_Request $r ) {
		global $wpdb;
		$seo = Seo::active()->table();

		$r->title            = self::fit( $wpdb->posts, 'post_title', $r->title, 'title' );
		$r->content_html     = self::fit( $wpdb->posts, 'post_content', $r->content_html, 'content_html' );
		$r->excerpt          = self::fit( $wpdb->posts, 'post_excerpt', $r->excerpt, 'excerpt' );
		$r->meta_title       = self::fit_meta( $seo, 'title', $r->meta_title, 'meta_title' );
		$r->meta_description = self::fit_meta( $seo, 'description', $r->meta_description, 'meta_description' );
		foreach ( $r->focus_keywords as $index => $keyword ) {
			$r->focus_keywords[ $index ] = self::fit_meta( $seo, 'keyphrases', $keyword, 'focus_keywords' );
		}
		foreach ( array_merge( array_filter( array( $r->featured_image ) ), $r->gallery, $r->inline_images ) as $image ) {
			$image->caption = self::fit( $wpdb->posts, 'post_excerpt', $image->caption, 'caption' );
			$image->alt     = self::fit_meta( '', '', $image->alt, 'alt' );
		}
	}

	/**
	 * A text as a column can hold it.
	 *
	 * @param string $table  Table.
	 * @param string $column Column.
	 * @param string $text   Text or HTML.
	 * @param string $field  What it is, for the error.
	 * @throws Problem CONTENT_INVALID when it does not fit in any form.
	 */
	public static function fit( $table, $column, $text, $field ) {
		if ( self::fits( $table, $column, $text ) ) {
			return $text;
		}
		foreach ( self::RARE as $pattern ) {
			$written = preg_replace_callback( $pattern, array( self::class, 'number' ), $text );
			if ( null !== $written && self::fits( $table, $column, $written ) ) {
				return $written;
			}
		}
		throw new Problem( 'CONTENT_INVALID', sprintf( 'The database of this WordPress cannot hold this text (%s).', $field ), 'validation', array( 'field' => $field ), 422 );
	}

	/** Post meta, or the table of an SEO plugin. */
	private static function fit_meta( $table, $column, $text, $field ) {
		global $wpdb;
		return '' === $table ? self::fit( $wpdb->postmeta, 'meta_value', $text, $field ) : self::fit( $table, $column, $text, $field );
	}

	/** Whether the database would store it unchanged. */
	public static function fits( $table, $column, $text ) {
		global $wpdb;
		if ( ! preg_match( '/[^\x00-\x7F]/', $text ) ) {
			return true;
		}
		return $wpdb->strip_invalid_text_for_column( $table, $column, $text ) === $text;
	}

	/** A character as HTML's number for it. */
	private static function number( array $match ) {
		return sprintf( '&#x%x;', mb_ord( $match[0], 'UTF-8' ) );
	}
}
