<?php
/**
 * A post as it was.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- copies rows as they are, past every filter; every value is prepared.

/** The rows of a post, its meta and its terms, to be put back exactly. */
final class Snapshot {

	/** Keys post, meta, relations. @var array */
	public $rows;

	/**
	 * From stored rows.
	 *
	 * @param array $rows See $rows.
	 */
	public function __construct( array $rows ) {
		$this->rows = $rows;
	}

	/** Reads a post's rows. */
	public static function of( $post_id ) {
		global $wpdb;
		return new self(
			array(
				'post'      => $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $wpdb->posts WHERE ID = %d", $post_id ), ARRAY_A ),
				'meta'      => $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->postmeta WHERE post_id = %d", $post_id ), ARRAY_A ),
				'relations' => $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->term_relationships WHERE object_id = %d", $post_id ), ARRAY_A ),
			)
		);
	}

	/** Puts the rows back and removes what came after them, revisions included. */
	public function restore() {
		global $wpdb;
		$id = (int) $this->rows['post']['ID'];
		$wpdb->update( $wpdb->posts, $this->rows['post'], array( 'ID' => $id ) );
		$wpdb->delete( $wpdb->postmeta, array( 'post_id' => $id ) );
		$wpdb->delete( $wpdb->term_relationships, array( 'object_id' => $id ) );
		foreach ( $this->rows['meta'] as $row ) {
			$wpdb->insert( $wpdb->postmeta, $row );
		}
		foreach ( $this->rows['relations'] as $row ) {
			$wpdb->insert( $wpdb->term_relationships, $row );
		}
		clean_post_cache( $id );
		wp_cache_delete( $id, 'post_meta' );
		foreach ( get_object_taxonomies( $this->rows['post']['post_type'] ) as $taxonomy ) {
			$ids = wp_get_object_terms( $id, $taxonomy, array( 'fields' => 'tt_ids' ) );
			wp_update_term_count_now( $ids, $taxonomy );
		}
	}
}
