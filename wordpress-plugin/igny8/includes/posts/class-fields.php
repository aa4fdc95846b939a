<?php
/**
 * A post field by field.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Database\Database;
use Igny8\Seo\Seo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- reads the plugin's own table; the value is prepared.

/** What of a post is compared, each value with a hash and as a person reads it. */
final class Fields {

	/** Begins the names of the fields of the separate gallery post. */
	const GALLERY = 'gallery_post:';

	/** What a piece belongs to: field → meta of ours. */
	const RELATIONS = array(
		'cluster_id'     => '_igny8_cluster_id',
		'sector_id'      => '_igny8_sector_id',
		'keyword_ids'    => '_igny8_keyword_ids',
		'focus_keywords' => '_igny8_focus_keywords',
	);

	/** The words of a post, of which Posts::stored_hash() is made. */
	const TEXTS = array( 'title', 'content', 'excerpt', 'slug' );

	/**
	 * All of them: field → array( hash, text, terms where it is a kind of them ).
	 *
	 * @param object $row  The post's row.
	 * @param array  $meta Its meta.
	 */
	public static function of( $row, array $meta ) {
		$author   = get_userdata( (int) $row->post_author );
		$featured = (int) ( $meta['_thumbnail_id'] ?? 0 );
		$seo      = Seo::active();
		$fields   = array(
			'title'          => self::field( $row->post_title ),
			'content'        => self::field( $row->post_content ),
			'excerpt'        => self::field( $row->post_excerpt ),
			'slug'           => self::slug( $row, $meta ),
			'type'           => self::field( $row->post_type ),
			'status'         => self::field( $row->post_status ),
			'date'           => self::date( $row->post_date_gmt ),
			'author'         => self::field( (int) $row->post_author, $author ? $author->user_email : '' ),
			'featured_image' => self::field( $featured, $featured ? (string) wp_get_attachment_url( $featured ) : '' ),
		) + self::terms( Posts::terms( (int) $row->ID, $row->post_type ) ) + self::pictures( $row, $meta );
		foreach ( self::RELATIONS as $name => $key ) {
			$fields[ $name ] = self::field( $meta[ $key ] ?? '' );
		}
		foreach ( $seo->stored( (int) $row->ID, $seo->fields() ) as $name => $value ) {
			$fields[ "seo:$name" ] = self::field( self::words( $value ) );
		}
		return $fields;
	}

	/** A plugin of before kept no fields: its stored answer tells some. */
	public static function of_answer( $row ) {
		global $wpdb;
		$sql    = $wpdb->prepare( 'SELECT result FROM ' . Database::table() . ' WHERE post_id = %d', $row->ID );
		$answer = (array) json_decode( (string) $wpdb->get_var( $sql ), true );
		$fields = isset( $answer['post_status'] ) ? array( 'status' => self::field( $answer['post_status'] ) ) : array();
		if ( isset( $answer['stored']['terms'], $answer['stored']['title'], $answer['post_date_utc'] ) ) {
			$stored   = $answer['stored'];
			$featured = (int) ( $answer['featured_image']['attachment_id'] ?? 0 );
			$fields  += array(
				'title'          => self::field( $stored['title'] ),
				'slug'           => self::field( $stored['slug'], urldecode( $stored['slug'] ) ),
				'date'           => self::date( str_replace( array( 'T', 'Z' ), array( ' ', '' ), $answer['post_date_utc'] ) ),
				'author'         => self::field( (int) $stored['author_id'], (string) get_the_author_meta( 'user_email', (int) $stored['author_id'] ) ),
				'featured_image' => self::field( $featured, (string) ( $answer['featured_image']['url'] ?? '' ) ),
			) + self::terms( $stored['terms'] );
		}
		return $fields;
	}

	/** Each kind of terms: which ones, whatever they are called. */
	public static function terms( array $terms ) {
		$fields = array();
		foreach ( $terms as $kind => $list ) {
			$ids = wp_list_pluck( $list, 'id' );
			sort( $ids );
			$fields[ $kind ]   = self::field( implode( ',', $ids ), implode( ', ', wp_list_pluck( $list, 'name' ) ) );
			$fields[ $kind ][] = $list;
		}
		return $fields;
	}

	/** The separate gallery post, and the images that a shop shows of a product. */
	private static function pictures( $row, array $meta ) {
		$id      = Posts::overflow_of( $meta[ Posts::INSTALLATION ] ?? '', (int) ( $meta[ Posts::CONTENT_ID ] ?? 0 ) );
		$gallery = $id ? Posts::row( $id ) : null;
		$fields  = array( self::GALLERY . 'status' => self::field( $gallery ? $gallery->post_status : '' ) );
		if ( $gallery ) {
			$fields[ self::GALLERY . 'title' ]   = self::field( $gallery->post_title );
			$fields[ self::GALLERY . 'content' ] = self::field( $gallery->post_content );
			$fields[ self::GALLERY . 'excerpt' ] = self::field( $gallery->post_excerpt );
			$fields[ self::GALLERY . 'slug' ]    = self::slug( $gallery, Posts::meta( $id ) );
		}
		if ( 'product' === $row->post_type ) {
			$ids   = array_filter( array_map( 'intval', explode( ',', $meta['_product_image_gallery'] ?? '' ) ) );
			$files = array_map( 'wp_basename', array_filter( array_map( 'wp_get_attachment_url', $ids ) ) );

			$fields['product_gallery'] = self::field( implode( ',', $ids ), implode( ', ', $files ) );
		}
		return $fields;
	}

	/** An address; the trash keeps it elsewhere. */
	public static function slug( $row, array $meta ) {
		$slug = 'trash' === $row->post_status ? $meta['_wp_desired_post_slug'] ?? $row->post_name : $row->post_name;
		return self::field( $slug, urldecode( $slug ) );
	}

	/** A moment; a draft that was never public has none. */
	public static function date( $gmt ) {
		return self::field( $gmt, Posts::NO_DATE === $gmt ? '' : Posts::utc( strtotime( "$gmt UTC" ) ) );
	}

	/** The hash of a value, and how to show it. */
	public static function field( $value, $text = null ) {
		return array( substr( hash( 'sha256', (string) $value ), 0, 32 ), (string) ( null === $text ? $value : $text ) );
	}

	/** The words of a value that an SEO plugin keeps as JSON with scores of its own. */
	private static function words( $value ) {
		$data = json_decode( (string) $value, true );
		if ( ! is_array( $data ) || ! isset( $data['focus'] ) ) {
			return (string) $value;
		}
		return implode( ', ', array_filter( wp_list_pluck( array_merge( array( $data['focus'] ), $data['additional'] ?? array() ), 'keyphrase' ) ) );
	}
}
