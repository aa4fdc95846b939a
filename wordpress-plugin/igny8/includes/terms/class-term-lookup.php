<?php
/**
 * Finding existing terms.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- one query for the terms of all taxonomies; every value is prepared.

/** All terms that could be meant, read at once, and the choice among them. */
final class Term_Lookup {

	/** Slugs are looked for up to this number. */
	const NUMBERS = 9;

	/** Taxonomy → slugs and names that are looked for. @var array */
	private $wanted = array();

	/** What was found: term_id, slug, name, taxonomy, parent. @var object[] */
	private $rows = array();

	/** Looks for a term, too. */
	public function add( $taxonomy, $slug, $stored_name ) {
		// Of names that lead to one slug, those that came later have a number.
		$this->wanted[ $taxonomy ]['slugs'][] = $slug;
		for ( $number = 2; '' !== $slug && $number <= self::NUMBERS; $number++ ) {
			$this->wanted[ $taxonomy ]['slugs'][] = "$slug-$number";
		}
		$this->wanted[ $taxonomy ]['names'][] = $stored_name;
	}

	/** Reads everything that has one of the slugs or names. */
	public function read() {
		global $wpdb;
		$conditions = array();
		foreach ( $this->wanted as $taxonomy => $words ) {
			$slugs        = implode( ',', array_fill( 0, count( $words['slugs'] ), '%s' ) );
			$names        = implode( ',', array_fill( 0, count( $words['names'] ), '%s' ) );
			$conditions[] = $wpdb->prepare( "(x.taxonomy = %s AND (t.slug IN ($slugs) OR t.name IN ($names)))", $taxonomy, ...$words['slugs'], ...$words['names'] );
		}
		if ( $conditions ) {
			$this->rows = $wpdb->get_results( "SELECT t.term_id, t.slug, t.name, x.taxonomy, x.parent FROM $wpdb->terms t JOIN $wpdb->term_taxonomy x ON x.term_id = t.term_id WHERE " . implode( ' OR ', $conditions ) . ' ORDER BY x.parent, t.term_id' );
		}
	}

	/**
	 * The term that is meant: one of the same name, by slug within the parent; else by slug anywhere,
	 * when no parent was named; else any within the parent. Never one of another name, except that
	 * a parent may be named by its slug.
	 *
	 * @param string $taxonomy    Its taxonomy.
	 * @param array  $term        What is wanted, see Wanted_Terms.
	 * @param string $stored_name Wanted name as WordPress stores it.
	 * @param int    $parent      Parent's term id, 0 for none.
	 * @return int Term id, 0: none.
	 */
	public function best( $taxonomy, array $term, $stored_name, $parent ) {
		$best   = array();
		$wanted = Term_Name::folded( $stored_name );
		foreach ( $this->rows as $row ) {
			$by_slug = '' !== $term['slug'] && $row->slug === $term['slug'];
			$meant   = Term_Name::folded( $row->name ) === $wanted || ( $term['by_slug'] && $by_slug );
			if ( $row->taxonomy !== $taxonomy || ! $meant ) {
				continue;
			}
			$within = (int) $row->parent === $parent;
			$rank   = null;
			if ( $by_slug && ( $within || '' === $term['parent'] ) ) {
				$rank = $within ? 0 : 1;
			} elseif ( $within ) {
				$rank = 2;
			}
			if ( null !== $rank ) {
				$best[ $rank ] = $best[ $rank ] ?? (int) $row->term_id;
			}
		}
		return $best ? $best[ min( array_keys( $best ) ) ] : 0;
	}
}
