<?php
/**
 * Finding existing terms.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- one query for the terms of all taxonomies; every value is prepared.

/** All terms that could be meant, read at once, and the choice among them. */
final class Term_Lookup {

	/** Taxonomy → slugs and names that are looked for. @var array */
	private $wanted = array();

	/** What was found: term_id, slug, name, taxonomy, parent. @var object[] */
	private $rows = array();

	/** Looks for a term, too. */
	public function add( $taxonomy, $slug, $stored_name ) {
		$this->wanted[ $taxonomy ]['slugs'][] = $slug;
		$this->wanted[ $taxonomy ]['names'][] = $stored_name;
	}

	/** Reads everything that has one of the slugs or names. */
	public function read() {
		global $wpdb;
		$conditions = array();
		foreach ( $this->wanted as $taxonomy => $words ) {
			$places       = implode( ',', array_fill( 0, count( $words['slugs'] ), '%s' ) );
			$conditions[] = $wpdb->prepare( "(x.taxonomy = %s AND (t.slug IN ($places) OR t.name IN ($places)))", $taxonomy, ...$words['slugs'], ...$words['names'] );
		}
		if ( $conditions ) {
			$this->rows = $wpdb->get_results( "SELECT t.term_id, t.slug, t.name, x.taxonomy, x.parent FROM $wpdb->terms t JOIN $wpdb->term_taxonomy x ON x.term_id = t.term_id WHERE " . implode( ' OR ', $conditions ) . ' ORDER BY x.parent, t.term_id' );
		}
	}

	/**
	 * The term that is meant: by slug within the parent; else by slug anywhere, when no parent
	 * was named; else by name within the parent.
	 *
	 * @param string $taxonomy    Its taxonomy.
	 * @param string $slug        Wanted slug, may be ''.
	 * @param string $stored_name Wanted name as WordPress stores it.
	 * @param int    $parent      Parent's term id, 0 for none.
	 * @param bool   $anywhere    No parent was named.
	 * @return int Term id, 0: none.
	 */
	public function best( $taxonomy, $slug, $stored_name, $parent, $anywhere ) {
		$best = array();
		foreach ( $this->rows as $row ) {
			if ( $row->taxonomy !== $taxonomy ) {
				continue;
			}
			$within = (int) $row->parent === $parent;
			$rank   = null;
			if ( '' !== $slug && $row->slug === $slug && ( $within || $anywhere ) ) {
				$rank = $within ? 0 : 1;
			} elseif ( $within && 0 === strcasecmp( $row->name, $stored_name ) ) {
				$rank = 2;
			}
			if ( null !== $rank ) {
				$best[ $rank ] = $best[ $rank ] ?? (int) $row->term_id;
			}
		}
		return $best ? $best[ min( array_keys( $best ) ) ] : 0;
	}
}
