<?php
/**
 * Taking back terms.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- locking reads; every value is prepared.

/** Finds a term that a publication made, and removes it unless somebody has begun to use it. */
final class Term_Removal {

	/** The term that carries a mark, or 0. */
	public static function with_mark( $mark, $last ) {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT term_id FROM $wpdb->terms WHERE term_id > %d AND term_group = %d", $last, $mark ) );
	}

	/** Name and slug of a term as they are stored. */
	public static function words( $term_id ) {
		global $wpdb;
		return (array) $wpdb->get_row( $wpdb->prepare( "SELECT name, slug FROM $wpdb->terms WHERE term_id = %d", $term_id ), ARRAY_A );
	}

	/**
	 * Removes a term that we created, unless somebody has taken it over or something uses it.
	 *
	 * @param int        $term_id  The term.
	 * @param string     $taxonomy Its taxonomy.
	 * @param array      $made     What is known of name and slug as we made them.
	 * @param array|null $since    When it was announced, see Look.
	 */
	public static function remove_unused( $term_id, $taxonomy, array $made, ?array $since ) {
		global $wpdb;
		// This may take long, so nobody waits for it: nothing is locked yet.
		if ( ( new Term_Mention( $term_id, $since ) )->is_found() ) {
			return;
		}
		$wpdb->query( 'START TRANSACTION' );
		$tt_id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT term_taxonomy_id FROM $wpdb->term_taxonomy WHERE term_id = %d AND taxonomy = %s FOR UPDATE", $term_id, $taxonomy ) );
		if ( $tt_id && self::is_as_made( $term_id, $tt_id, $made ) && ! self::is_used( $term_id, $tt_id, $taxonomy ) ) {
			wp_delete_term( $term_id, $taxonomy );
		} elseif ( ! $tt_id && ! $wpdb->get_var( $wpdb->prepare( "SELECT term_id FROM $wpdb->term_taxonomy WHERE term_id = %d LIMIT 1", $term_id ) ) ) {
			// PHP died between the two rows of a term: this one belongs to no taxonomy.
			$wpdb->delete( $wpdb->terms, array( 'term_id' => $term_id ) );
		}
		$wpdb->query( 'COMMIT' );
	}

	/** Whether it has the words that we gave it, no description and no fields; counters of shops are none. */
	private static function is_as_made( $term_id, $tt_id, array $made ) {
		global $wpdb;
		$meta = "SELECT meta_id FROM $wpdb->termmeta WHERE term_id = %d AND meta_value NOT IN ( '', '0' ) AND meta_key NOT LIKE %s LIMIT 1";
		return array_merge( self::words( $term_id ), $made ) === self::words( $term_id )
			&& '' === (string) $wpdb->get_var( $wpdb->prepare( "SELECT description FROM $wpdb->term_taxonomy WHERE term_taxonomy_id = %d", $tt_id ) )
			&& ! $wpdb->get_var( $wpdb->prepare( $meta, $term_id, 'product\\_count\\_%' ) );
	}

	/** Whether a post, a child or a menu needs it. */
	private static function is_used( $term_id, $tt_id, $taxonomy ) {
		global $wpdb;
		return $wpdb->get_var( $wpdb->prepare( "SELECT object_id FROM $wpdb->term_relationships WHERE term_taxonomy_id = %d LIMIT 1 LOCK IN SHARE MODE", $tt_id ) )
			|| $wpdb->get_var( $wpdb->prepare( "SELECT term_id FROM $wpdb->term_taxonomy WHERE taxonomy = %s AND parent = %d LIMIT 1", $taxonomy, $term_id ) )
			|| $wpdb->get_var( $wpdb->prepare( "SELECT m.post_id FROM $wpdb->postmeta m JOIN $wpdb->postmeta o ON o.post_id = m.post_id AND o.meta_key = '_menu_item_object' AND o.meta_value = %s WHERE m.meta_key = '_menu_item_object_id' AND m.meta_value = %s LIMIT 1", $taxonomy, $term_id ) );
	}
}
