<?php
/**
 * Caches around a transaction.
 *
 * @package Igny8
 */

namespace Igny8\Database;

defined( 'ABSPATH' ) || exit;

/**
 * While a transaction runs, WordPress and other plugins put into the object cache what may never
 * be committed, and other requests put there again what is about to change. This listens to what
 * changes, whoever changes it, and afterwards cleans the caches of exactly that.
 */
final class Cache_Trail {

	/** Post ids. @var array */
	private $posts = array();
	/** Taxonomy → term ids. @var array */
	private $terms = array();
	/** Kind of object → ids of those whose meta changed. @var array */
	private $meta = array();
	/** Names. @var array */
	private $options = array();
	/** Hook → what listens to it. @var array */
	private $listeners = array();

	/** Begins to listen. */
	public function __construct() {
		$this->listen( 'clean_post_cache', array( $this, 'note_post' ) );
		$this->listen( 'added_term_relationship', array( $this, 'note_post' ) );
		$this->listen( 'deleted_term_relationships', array( $this, 'note_post' ) );
		$this->listen( 'clean_term_cache', array( $this, 'note_terms' ) );
		foreach ( array( 'post', 'term', 'user', 'comment' ) as $kind ) {
			foreach ( array( 'added', 'updated', 'deleted' ) as $what ) {
				$this->listen(
					"{$what}_{$kind}_meta",
					function ( ...$given ) use ( $kind ) {
						$this->meta[ $kind ][ (int) $given[1] ] = true;
					}
				);
			}
		}
		foreach ( array( 'added_option', 'updated_option', 'deleted_option' ) as $hook ) {
			$this->listen( $hook, array( $this, 'note_option' ) );
		}
	}

	/** A post, its relations included. */
	public function note_post( $id ) {
		$this->posts[ (int) $id ] = true;
	}

	/** Terms of a taxonomy. */
	public function note_terms( $ids, $taxonomy ) {
		foreach ( (array) $ids as $id ) {
			$this->terms[ $taxonomy ][ (int) $id ] = true;
		}
	}

	/** An option. */
	public function note_option( $name ) {
		$this->options[ $name ] = true;
	}

	/** Stops listening and cleans. */
	public function clean() {
		foreach ( $this->listeners as $hook => $listener ) {
			remove_action( $hook, $listener, PHP_INT_MAX );
		}
		foreach ( $this->meta as $kind => $ids ) {
			foreach ( array_keys( $ids ) as $id ) {
				wp_cache_delete( $id, $kind . '_meta' );
			}
		}
		foreach ( array_keys( $this->options + ( $this->options ? array( 'alloptions' => true, 'notoptions' => true ) : array() ) ) as $name ) { // phpcs:ignore WordPress.Arrays
			wp_cache_delete( $name, 'options' );
		}
		array_map( array( self::class, 'clean_post' ), array_keys( $this->posts + ( $this->meta['post'] ?? array() ) ) );
		foreach ( $this->terms as $taxonomy => $ids ) {
			clean_term_cache( array_keys( $ids ), $taxonomy, false );
		}
	}

	/** Everything that is kept of one post, whether it is still there or never was. */
	public static function clean_post( $id ) {
		clean_post_cache( $id );
		wp_cache_delete( $id, 'posts' );
		wp_cache_delete( $id, 'post_meta' );
		foreach ( get_taxonomies() as $taxonomy ) {
			wp_cache_delete( $id, $taxonomy . '_relationships' );
		}
		foreach ( array( 'posts', 'terms' ) as $group ) {
			wp_cache_set( 'last_changed', microtime(), $group );
		}
	}

	/** Listens after everybody else. */
	private function listen( $hook, callable $listener ) {
		$this->listeners[ $hook ] = $listener;
		add_action( $hook, $listener, PHP_INT_MAX, 3 );
	}
}
