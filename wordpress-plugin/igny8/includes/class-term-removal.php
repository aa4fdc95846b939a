<?php
/**
 * Taking back terms.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- locking reads; every value is prepared.

/** Finds a term that a publication made, and removes it unless somebody has begun to use it. */
final class Term_Removal {

	/** The term that carries a mark, or 0. */
	public static function with_mark( $mark, $last ) {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT term_id FROM $wpdb->terms WHERE term_id > %d AND term_group = %d", $last, $mark ) );
	}

	/**
	 * Removes a term that we created, unless something uses it.
	 *
	 * @param int    $term_id  The term.
	 * @param string $taxonomy Its taxonomy.
	 */
	public static function remove_unused( $term_id, $taxonomy ) {
		global $wpdb;
		$wpdb->query( 'START TRANSACTION' );
		$tt_id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT term_taxonomy_id FROM $wpdb->term_taxonomy WHERE term_id = %d AND taxonomy = %s FOR UPDATE", $term_id, $taxonomy ) );
		if ( $tt_id && ! self::is_used( $term_id, $tt_id, $taxonomy ) ) {
			wp_delete_term( $term_id, $taxonomy );
		} elseif ( ! $tt_id && ! $wpdb->get_var( $wpdb->prepare( "SELECT term_id FROM $wpdb->term_taxonomy WHERE term_id = %d LIMIT 1", $term_id ) ) ) {
			// PHP died between the two rows of a term: this one belongs to no taxonomy.
			$wpdb->delete( $wpdb->terms, array( 'term_id' => $term_id ) );
		}
		$wpdb->query( 'COMMIT' );
	}

	/** Whether a post, a child, a menu or somebody's meta needs it. */
	private static function is_used( $term_id, $tt_id, $taxonomy ) {
		global $wpdb;
		return $wpdb->get_var( $wpdb->prepare( "SELECT object_id FROM $wpdb->term_relationships WHERE term_taxonomy_id = %d LIMIT 1 LOCK IN SHARE MODE", $tt_id ) )
			|| $wpdb->get_var( $wpdb->prepare( "SELECT term_id FROM $wpdb->term_taxonomy WHERE taxonomy = %s AND parent = %d LIMIT 1", $taxonomy, $term_id ) )
			|| $wpdb->get_var( $wpdb->prepare( "SELECT m.post_id FROM $wpdb->postmeta m JOIN $wpdb->postmeta o ON o.post_id = m.post_id AND o.meta_key = '_menu_item_object' AND o.meta_value = %s WHERE m.meta_key = '_menu_item_object_id' AND m.meta_value = %s LIMIT 1", $taxonomy, $term_id ) );
	}
}
