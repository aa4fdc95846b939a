<?php
/**
 * A post as it was.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Seo\Seo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- copies rows as they are, past every filter; every value is prepared.

/** The rows of a post, its meta and its terms. */
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
		$rows = array(
			'post'      => $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $wpdb->posts WHERE ID = %d", $post_id ), ARRAY_A ),
			'meta'      => $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->postmeta WHERE post_id = %d ORDER BY meta_id", $post_id ), ARRAY_A ),
			'relations' => $wpdb->get_results( $wpdb->prepare( "SELECT * FROM $wpdb->term_relationships WHERE object_id = %d ORDER BY term_taxonomy_id", $post_id ), ARRAY_A ),
			'revision'  => (int) $wpdb->get_var( $wpdb->prepare( "SELECT MAX(ID) FROM $wpdb->posts WHERE post_parent = %d AND post_type = 'revision'", $post_id ) ),
			'seo'       => null,
		);
		$seo  = Seo::active()->table();
		if ( $seo ) {
			$rows['seo'] = array( $seo, $wpdb->get_row( $wpdb->prepare( "SELECT * FROM $seo WHERE post_id = %d", $post_id ), ARRAY_A ) );
		}
		return new self( $rows );
	}

	/** Whether the rows are still the same; inside a transaction the post is locked with this. */
	public function is_current() {
		global $wpdb;
		$id = (int) $this->rows['post']['ID'];
		$wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE ID = %d FOR UPDATE", $id ) );
		return self::of( $id )->rows === $this->rows;
	}

	/** Counts the terms again that the post has or had. */
	public static function count_terms( array $relations ) {
		global $wpdb;
		$ids = implode( ',', array_unique( array_map( 'intval', wp_list_pluck( $relations, 'term_taxonomy_id' ) ) ) );
		if ( '' === $ids ) {
			return;
		}
		$by_taxonomy = array();
		foreach ( $wpdb->get_results( "SELECT term_taxonomy_id, taxonomy FROM $wpdb->term_taxonomy WHERE term_taxonomy_id IN ($ids)" ) as $row ) {
			$by_taxonomy[ $row->taxonomy ][] = (int) $row->term_taxonomy_id;
		}
		foreach ( $by_taxonomy as $taxonomy => $tt_ids ) {
			if ( taxonomy_exists( $taxonomy ) ) {
				wp_update_term_count_now( $tt_ids, $taxonomy );
			}
		}
	}
}
