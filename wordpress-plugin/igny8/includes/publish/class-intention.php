<?php
/**
 * What is about to be written.
 *
 * @package Igny8
 */

namespace Igny8\Publish;

use Igny8\Posts\Gallery;
use Igny8\Posts\Post_Images;
use Igny8\Rest\Publish_Request;
use Igny8\Claim\Undo;

defined( 'ABSPATH' ) || exit;

/** Tells the undo list, before the act, what a publication writes of posts that are there. */
final class Intention {

	/** The moment of the change in the site's time and in UTC. @var string[] */
	private $modified;
	/** For the undo list. @var Undo */
	private $undo;
	/** The posts that are to be changed. @var int[] */
	private $posts;

	/**
	 * For one transaction.
	 *
	 * @param Undo  $undo  Where it is noted.
	 * @param int[] $posts The posts that are to be changed.
	 */
	public function __construct( Undo $undo, array $posts ) {
		$this->undo     = $undo;
		$this->posts    = $posts;
		$this->modified = array(
			'post_modified'     => current_time( 'mysql' ),
			'post_modified_gmt' => current_time( 'mysql', true ),
		);
	}

	/** The separate gallery post. */
	public function note_gallery( Plan $plan, $post_id ) {
		$this->undo->will_write( $post_id, $this->modified + Gallery::text( $plan ), array( 'last' => $plan->status() ) );
	}

	/** The post itself. */
	public function note_post( Plan $plan, array $columns ) {
		$id   = (int) $plan->row->ID;
		$more = array(
			'key'   => $plan->request->fence->key,
			'last'  => $plan->status(),
			'meta'  => self::meta( $plan ),
			'terms' => self::terms( $plan ),
		);
		if ( $plan->seo->table() ) {
			$more['seo'] = $plan->seo->values( $plan->request );
		}
		$this->undo->will_write( $id, array( 'post_status' => $plan->status_meanwhile() ) + $this->modified + $columns, $more );
	}

	/**
	 * Filter wp_insert_post_data, after every other plugin: the moment that was noted is stored, and what
	 * is stored is noted.
	 *
	 * @param array $data      The columns, slashed.
	 * @param array $arguments Of wp_insert_post().
	 * @return array The columns.
	 */
	public function keep( $data, $arguments ) {
		$id = (int) ( $arguments['ID'] ?? 0 );
		if ( ! in_array( $id, $this->posts, true ) ) {
			return $data;
		}
		$data   = array_merge( $data, $this->modified );
		$stored = array_intersect_key( wp_unslash( $data ), array_flip( array( 'post_title', 'post_content', 'post_excerpt', 'post_name', 'post_status' ) ) );
		$this->undo->will_write( $id, array_map( 'strval', $stored ) );
		return $data;
	}

	/** Terms and SEO fields of a new post. */
	public static function beside( Plan $plan ) {
		return array(
			'terms' => self::terms( $plan ),
			'seo'   => $plan->seo->values( $plan->request ),
		);
	}

	/** Meta that others may write, too: key → value, '' where it is removed. */
	private static function meta( Plan $plan ) {
		$meta = $plan->seo->table() ? array() : $plan->seo->values( $plan->request );
		foreach ( $meta as $key => $value ) {
			$meta[ $key ] = '' === $value ? '' : (string) sanitize_meta( $key, $value, 'post', $plan->request->content_type );
		}
		return $meta + Post_Images::meta( $plan );
	}

	/** Taxonomy → term ids; WordPress puts its own default in where there are none. */
	private static function terms( Plan $plan ) {
		$terms = array();
		foreach ( Publish_Request::KINDS as $kind ) {
			$taxonomy = $plan->terms->taxonomy( $kind );
			if ( $taxonomy ) {
				$ids     = $plan->terms->ids( $kind );
				$default = (int) get_option( 'category' === $taxonomy ? 'default_category' : "default_term_$taxonomy" );

				$terms[ $taxonomy ] = array_merge( $terms[ $taxonomy ] ?? array(), $ids ? $ids : array( $default ) );
			}
		}
		return $terms;
	}
}
