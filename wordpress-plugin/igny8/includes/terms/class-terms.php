<?php
/**
 * Matching and creating terms.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

use Igny8\Claim\Claim;
use Igny8\Database\Database;
use Igny8\Database\Locks;
use Igny8\Posts\Marks;
use Igny8\Options;
use Igny8\Problem;
use Igny8\Rest\Publish_Request;
use Igny8\Claim\Undo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- one query for all terms, and locking reads; every value is prepared.

/** The terms of one publication: what was asked for, what exists, what must be created. */
final class Terms {

	/** Report per kind, in the contract's shape. @var array */
	public $processed = array();

	/** Kind → key → wanted term, see Wanted_Terms. @var array */
	private $wanted = array();

	/** Post type. @var string */
	private $type;

	/**
	 * Reads only: finds what exists.
	 *
	 * @param Publish_Request $request What is wanted.
	 */
	public function __construct( Publish_Request $request ) {
		$this->type = $request->content_type;
		foreach ( Publish_Request::KINDS as $kind ) {
			$this->wanted[ $kind ] = Wanted_Terms::of( $request->terms[ $kind ] );
		}
		$this->look_up();
		$this->report();
	}

	/** The taxonomy of a kind for this post type, or null. */
	public function taxonomy( $kind ) {
		return Taxonomies::for_kind( $kind, $this->type );
	}

	/** Term ids of a kind, in the order asked for. */
	public function ids( $kind ) {
		return $this->processed[ $kind ]['assigned'];
	}

	/** Whether something must be created. */
	public function must_create() {
		foreach ( $this->processed as $report ) {
			if ( $report['created'] ) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Creates what is missing. Under a lock, because WordPress itself lets two requests create
	 * the same term twice.
	 *
	 * @param Claim $claim For its undo list.
	 * @throws Problem TERM_CREATION_FAILED.
	 */
	public function create_missing( Claim $claim ) {
		if ( ! $this->must_create() ) {
			return;
		}
		Locks::with(
			'terms',
			function () use ( $claim ) {
				$this->look_up();
				$this->note( $claim );
				foreach ( $this->wanted as $kind => $terms ) {
					foreach ( $terms as $key => $term ) {
						if ( $this->is_missing( $term ) ) {
							$this->create( $claim->undo, $kind, $key );
						}
					}
				}
				$this->unmark( $claim );
				$this->report();
			}
		);
	}

	/**
	 * Inside the post's transaction: keeps the assigned terms from being removed by another request.
	 *
	 * @return bool False when one of them is gone already.
	 */
	public function hold() {
		global $wpdb;
		$ids = array();
		foreach ( $this->processed as $report ) {
			$ids = array_merge( $ids, $report['assigned'] );
		}
		$ids = array_unique( $ids );
		if ( ! $ids ) {
			return true;
		}
		$list  = implode( ',', array_map( 'intval', $ids ) );
		$found = $wpdb->get_col( "SELECT DISTINCT term_id FROM $wpdb->term_taxonomy WHERE term_id IN ($list) LOCK IN SHARE MODE" );
		return count( $found ) === count( $ids );
	}

	/** Looks everything up again, after a term vanished. */
	public function refresh() {
		foreach ( $this->wanted as $kind => $terms ) {
			foreach ( array_keys( $terms ) as $key ) {
				$this->wanted[ $kind ][ $key ]['id']      = 0;
				$this->wanted[ $kind ][ $key ]['created'] = false;
			}
		}
		$this->look_up();
		$this->report();
	}

	/** Finds the existing terms of all kinds in one query. */
	private function look_up() {
		$lookup = new Term_Lookup();
		foreach ( $this->wanted as $kind => $terms ) {
			$taxonomy = $this->taxonomy( $kind );
			foreach ( $taxonomy ? $terms : array() as $term ) {
				$lookup->add( $taxonomy, $term['slug'], Term_Name::stored( $term['name'], $taxonomy ) );
			}
		}
		$lookup->read();
		foreach ( $this->wanted as $kind => $terms ) {
			foreach ( array_keys( $terms ) as $key ) {
				$this->match( $lookup, $kind, $key );
			}
		}
	}

	/** Takes the best of the existing terms; parents stand before their children. */
	private function match( Term_Lookup $lookup, $kind, $key ) {
		$term     = $this->wanted[ $kind ][ $key ];
		$taxonomy = $this->taxonomy( $kind );
		$parent   = $taxonomy ? $this->parent_id( $kind, $term ) : null;
		if ( ! $term['id'] && null !== $parent ) {
			$name = Term_Name::stored( $term['name'], $taxonomy );

			$this->wanted[ $kind ][ $key ]['id'] = $lookup->best( $taxonomy, $term, $name, $parent );
		}
	}

	/** Id of the named parent, 0 without one, null while it does not exist. */
	private function parent_id( $kind, array $term ) {
		if ( '' === $term['parent'] || ! is_taxonomy_hierarchical( $this->taxonomy( $kind ) ) ) {
			return 0;
		}
		$id = $this->wanted[ $kind ][ $term['parent'] ]['id'];
		return $id ? $id : null;
	}

	/** Not there, and to be created. */
	private function is_missing( array $term ) {
		return ! $term['id'] && Options::auto_create_terms();
	}

	/** Writes down every term that is about to be created. */
	private function note( Claim $claim ) {
		global $wpdb;
		$last = (int) $wpdb->get_var( "SELECT MAX(term_id) FROM $wpdb->terms" );
		foreach ( $this->wanted as $kind => $terms ) {
			foreach ( $terms as $key => $term ) {
				if ( $this->is_missing( $term ) ) {
					$mark = Marks::fresh_group();

					$this->wanted[ $kind ][ $key ]['mark'] = $mark;
					$claim->undo->will_create_term( $this->taxonomy( $kind ), $mark, $last, Term_Name::stored( $term['name'], $this->taxonomy( $kind ) ) );
				}
			}
		}
		$claim->note();
	}

	/** Once their ids are noted, the new terms are in no group, like WordPress's own. */
	private function unmark( Claim $claim ) {
		global $wpdb;
		$ids = array();
		foreach ( $this->wanted as $terms ) {
			foreach ( wp_list_filter( $terms, array( 'created' => true ) ) as $term ) {
				$ids[] = (int) $term['id'];
			}
		}
		if ( $ids ) {
			$claim->note();
			$list = implode( ',', $ids );
			Database::run( "UPDATE $wpdb->terms SET term_group = 0 WHERE term_id IN ($list)" );
			array_map( 'wp_cache_delete', $ids, array_fill( 0, count( $ids ), 'terms' ) );
		}
	}

	/** Creates one term. */
	private function create( Undo $undo, $kind, $key ) {
		$term     = $this->wanted[ $kind ][ $key ];
		$taxonomy = $this->taxonomy( $kind );
		$made     = $this->insert( $term, $taxonomy, $term['slug'], (int) $this->parent_id( $kind, $term ) );
		$existing = is_wp_error( $made ) ? (int) $made->get_error_data( 'term_exists' ) : 0;
		if ( is_wp_error( $made ) && ! $existing ) {
			throw new Problem(
				'TERM_CREATION_FAILED',
				sprintf( 'WordPress refused to create the term "%s".', $term['name'] ),
				'taxonomies',
				array(
					'term'     => $term['name'],
					'taxonomy' => $taxonomy,
					'error'    => $made->get_error_message(),
				)
			);
		}
		$this->wanted[ $kind ][ $key ]['id']      = $existing ? $existing : (int) $made['term_id'];
		$this->wanted[ $kind ][ $key ]['created'] = ! $existing;
		$undo->created_term( $term['mark'], $existing ? 0 : (int) $made['term_id'] );
	}

	/** A new term; where WordPress would give us one of another name, its slug gets a number. */
	private function insert( array $term, $taxonomy, $slug, $parent ) {
		for ( $number = 2; ; $number++ ) {
			$made  = wp_insert_term( wp_slash( Term_Name::safe( $term['name'] ) ), $taxonomy, array( 'slug' => $slug, 'parent' => $parent, Marks::ARGUMENT => $term['mark'] ) ); // phpcs:ignore WordPress.Arrays
			$other = is_wp_error( $made ) ? get_term( (int) $made->get_error_data( 'term_exists' ), $taxonomy ) : null;
			if ( ! $other instanceof \WP_Term || $number > 100 || Term_Name::folded( $other->name ) === Term_Name::folded( Term_Name::safe( $term['name'] ) ) ) {
				return $made;
			}
			$slug = $term['slug'] . '-' . $number;
		}
	}

	/** Fills ->processed; before create_missing, 'created' lists what would be created. */
	private function report() {
		foreach ( $this->wanted as $kind => $terms ) {
			$report = array(
				'requested' => array(),
				'created'   => array(),
				'existing'  => array(),
				'skipped'   => array(),
				'assigned'  => array(),
				'fallback'  => false,
			);
			foreach ( $terms as $term ) {
				$report['requested'] = array_merge( $report['requested'], $term['asked'] );
				if ( $term['created'] || $this->is_missing( $term ) ) {
					$report['created'][] = $term['name'];
				} elseif ( $term['assign'] ) {
					$report[ $term['id'] ? 'existing' : 'skipped' ][] = $term['name'];
				}
				if ( $term['id'] && $term['assign'] && ! in_array( $term['id'], $report['assigned'], true ) ) {
					$report['assigned'][] = $term['id'];
				}
			}
			$this->processed[ $kind ] = $report;
		}
		$this->use_fallback();
	}

	/** Categories that may not be created are replaced by the fallback category. */
	private function use_fallback() {
		$report = &$this->processed['categories'];
		if ( $report['skipped'] && 'category' === $this->taxonomy( 'categories' ) ) {
			$report['fallback'] = true;
			$fallback           = Options::fallback_category();
			if ( ! in_array( $fallback, $report['assigned'], true ) ) {
				$report['assigned'][] = $fallback;
			}
		}
	}
}
