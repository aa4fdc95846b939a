<?php
/**
 * The terms that a request asks for.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

defined( 'ABSPATH' ) || exit;

/** One list of terms: each name below its parent once, and each parent before its children. */
final class Wanted_Terms {

	/** Key → name, slug, parent (a key), assign, by_slug, asked, id, created. @var array */
	private $list = array();

	/**
	 * The wanted terms of one kind.
	 *
	 * @param array $terms From the request: name, slug, parent, parent_name.
	 */
	public static function of( array $terms ) {
		$wanted = new self();
		foreach ( $terms as $term ) {
			$wanted->add( $term );
		}
		return self::parents_first( $wanted->list );
	}

	/** Adds a term, and its parent. */
	private function add( array $term ) {
		$parent = '' !== $term['parent'] ? $this->parent( $term['parent'], $term['parent_name'] ) : '';
		$key    = $this->named( $term, $parent ) ?? self::key( $term['name'], $parent );
		$asked  = $this->list[ $key ]['asked'] ?? array();
		if ( ! $asked ) {
			$this->list[ $key ] = self::one( $term['name'], '' !== $term['slug'] ? $term['slug'] : $term['name'], $parent );

			$this->list[ $key ]['assign'] = true;
		}
		$this->list[ $key ]['asked'] = array_merge( $asked, array( $term['name'] ) );
	}

	/** The key of a term that so far was only named as another one's parent, by its name or slug; else null. */
	private function named( array $term, $parent ) {
		foreach ( $this->list as $key => $known ) {
			$by_slug = $known['by_slug'] && '' !== $term['slug'] && sanitize_title( $term['slug'] ) === $known['slug'];
			if ( $key !== $parent && ! $known['assign'] && ( self::key( $term['name'], '' ) === $key || $by_slug ) ) {
				return $key;
			}
		}
		return null;
	}

	/** The key of a parent: one that is wanted itself, by name or slug, else one that is only named. */
	private function parent( $text, $name ) {
		$known_by = '' !== $name ? $name : $text;
		foreach ( array( 'name', 'slug' ) as $what ) {
			foreach ( $this->list as $key => $known ) {
				$same = 'name' === $what ? self::key( $known['name'], '' ) === self::key( $known_by, '' ) : '' === $name && self::is_slug( $text ) && sanitize_title( $text ) === $known['slug'];
				if ( $same ) {
					return $key;
				}
			}
		}
		$key = self::key( $known_by, '' );

		$this->list[ $key ]            = self::one( $known_by, $text, '' );
		$this->list[ $key ]['by_slug'] = '' === $name && self::is_slug( $text );
		return $key;
	}

	/** Whether a text is a slug already. */
	private static function is_slug( $text ) {
		return urldecode( sanitize_title( $text ) ) === urldecode( $text );
	}

	/** What tells two wanted terms of a kind apart. */
	private static function key( $name, $parent ) {
		return ( '' === $parent ? '' : md5( $parent ) ) . '/' . Term_Name::folded( Term_Name::safe( $name ) );
	}

	/** One wanted term. A parent that was only named is not assigned; by_slug: its name is not known. */
	private static function one( $name, $slug, $parent ) {
		return array(
			'name'    => $name,
			'slug'    => sanitize_title( $slug ),
			'parent'  => $parent,
			'assign'  => false,
			'by_slug' => false,
			'asked'   => array(),
			'id'      => 0,
			'created' => false,
			'mark'    => 0,
		);
	}

	/** In an order in which each parent stands before its children; who is its own ancestor has none. */
	private static function parents_first( array $terms ) {
		$sorted = array();
		while ( $terms ) {
			$before = count( $sorted );
			foreach ( $terms as $key => $term ) {
				if ( '' === $term['parent'] || isset( $sorted[ $term['parent'] ] ) ) {
					$sorted[ $key ] = $term;
					unset( $terms[ $key ] );
				}
			}
			if ( count( $sorted ) === $before ) {
				$terms[ array_key_first( $terms ) ]['parent'] = '';
			}
		}
		return $sorted;
	}
}
