<?php
/**
 * SEO plugins that keep their data in post meta.
 *
 * @package Igny8
 */

namespace Igny8\Seo;

use Igny8\Posts\Posts;
use Igny8\Rest\Publish_Request;

defined( 'ABSPATH' ) || exit;

/** A plugin described by its meta keys: Yoast, Rank Math, SEOPress, or none of them. */
final class Meta_Writer implements Writer {

	/** Contract name. @var string */
	private $name;
	/** Version or null. @var string|null */
	private $version;
	/** Keys for title, description, canonical address, first keyword, other keywords, all keywords; '' where there is none. @var array */
	private $keys;

	/**
	 * Describes a plugin.
	 *
	 * @param string      $name    Contract name.
	 * @param string|null $version Its version.
	 * @param array       $keys    title, description, canonical, first, rest, all → meta key.
	 */
	public function __construct( $name, $version, array $keys ) {
		$this->name    = $name;
		$this->version = $version;
		$this->keys    = $keys;
	}

	/** Contract name. */
	public function name() {
		return $this->name;
	}

	/** Version or null. */
	public function version() {
		return $this->version;
	}

	/** Without an SEO plugin keywords are stored, but nothing shows them. */
	public function supports_keywords() {
		return 'none' !== $this->name;
	}

	/** Its meta keys. */
	public function fields() {
		return array_values( $this->keys );
	}

	/** Meta key → value. */
	public function values( Publish_Request $r ) {
		$rest   = implode( ', ', array_slice( $r->focus_keywords, 1 ) );
		$values = array(
			'title'       => $r->meta_title,
			'description' => $r->meta_description,
			'canonical'   => $r->canonical_url,
			'first'       => $r->focus_keywords[0] ?? '',
			// Yoast keeps a list of synonym lists, one for each keyphrase.
			'rest'        => '' === $rest ? '' : wp_json_encode( array( $rest ), JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ),
			'all'         => implode( ',', $r->focus_keywords ),
		);
		$meta   = array();
		foreach ( $this->keys as $what => $key ) {
			$meta[ $key ] = $values[ $what ];
		}
		return $meta;
	}

	/** Read past caches. */
	public function stored( $post_id, array $fields ) {
		$meta = Posts::meta( $post_id );
		return array_merge( array_fill_keys( $fields, '' ), array_intersect_key( $meta, array_flip( $fields ) ) );
	}

	/** Through WordPress's functions, so that the SEO plugin's own hooks see it. */
	public function write( $post_id, array $values ) {
		foreach ( $values as $key => $value ) {
			if ( '' === $value ) {
				if ( metadata_exists( 'post', $post_id, $key ) ) {
					delete_post_meta( $post_id, $key );
				}
			} else {
				update_post_meta( $post_id, $key, wp_slash( $value ) );
			}
		}
	}

	/** Keywords that the plugin does not know stand in our own row. */
	public function words( $post_id ) {
		$meta = Posts::meta( $post_id );
		$has  = function ( $what ) use ( $meta ) {
			return (string) ( $meta[ $this->keys[ $what ] ?? '' ] ?? '' );
		};
		$rest = (array) json_decode( $has( 'rest' ), true );
		$list = array_merge( array( $has( 'first' ) ), explode( ',', (string) ( $rest[0] ?? '' ) ), explode( ',', $has( 'all' ) ) );
		if ( 'none' === $this->name ) {
			$list = (array) json_decode( $meta['_igny8_focus_keywords'] ?? '', true );
		}
		return array(
			'title'       => $has( 'title' ),
			'description' => $has( 'description' ),
			'canonical'   => $has( 'canonical' ),
			'keywords'    => array_values( array_filter( array_map( 'trim', array_filter( $list, 'is_string' ) ), 'strlen' ) ),
		);
	}

	/** First keyword, or all of them. */
	public function keyword_field() {
		return $this->keys['first'] ?? $this->keys['all'] ?? '';
	}

	/** Everything is in post meta. */
	public function table() {
		return '';
	}
}
