<?php
/**
 * What this website is made of.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Options;
use Igny8\Posts\Posts;
use Igny8\Rest\Input;
use Igny8\Terms\Term_Name;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- terms are read in pages by their key, whatever other plugins filter.

/** Types and taxonomies with counts, people who may write, and terms in pages. */
final class Structure {

	/** How many terms, and how many people, one message names at most. */
	const PAGE = 500;
	/** How many posts of a type are fetched at once. */
	const FETCH_LIMIT = 100;
	const OURS        = array( 'igny8_sector', 'igny8_cluster' );

	/** GET structure. */
	public static function answer() {
		return array( 200, self::payload() );
	}

	/**
	 * GET structure/terms?after=: the page that begins there.
	 *
	 * @param \WP_REST_Request $http The call.
	 */
	public static function answer_terms( \WP_REST_Request $http ) {
		return array( 200, self::terms( self::place( $http ) ) );
	}

	/**
	 * GET structure/authors?after=: the page that begins there.
	 *
	 * @param \WP_REST_Request $http The call.
	 */
	public static function answer_authors( \WP_REST_Request $http ) {
		return array( 200, self::authors( self::place( $http ) ) );
	}

	/** Where a page begins. */
	private static function place( \WP_REST_Request $http ) {
		$after = (string) $http->get_param( 'after' );
		if ( ! preg_match( '/^\d{1,18}$/D', $after ) ) {
			Input::refuse( 'after', 'must be a whole number' );
		}
		return (int) $after;
	}

	/** The message of update-structure/. */
	public static function payload() {
		$people = self::authors( 0 );
		return array(
			'post_types'                => (object) self::post_types(),
			'taxonomies'                => (object) self::taxonomies(),
			'authors'                   => $people['authors'],
			'next_author'               => $people['next'],
			'site_url'                  => home_url(),
			'wordpress_version'         => get_bloginfo( 'version' ),
			'plugin_version'            => \Igny8\VERSION,
			'timestamp'                 => Posts::utc( time() ),
			'plugin_connection_enabled' => '' !== Options::api_key(),
			'two_way_sync_enabled'      => true,
		);
	}

	/** Public types that pieces could have. */
	private static function post_types() {
		$found = array();
		foreach ( get_post_types( array( 'public' => true ), 'objects' ) as $name => $type ) {
			if ( 'attachment' === $name || ! self::is_short( $name ) ) {
				continue;
			}
			$counts         = (array) wp_count_posts( $name );
			$kept           = array( 'publish', 'future', 'draft', 'pending', 'private' );
			$found[ $name ] = self::kind( $type->labels->name, array_sum( array_intersect_key( $counts, array_flip( $kept ) ) ), in_array( $name, Options::content_types(), true ), self::FETCH_LIMIT );
		}
		return $found;
	}

	/** Public taxonomies and ours; those of types that are published from the app take part. */
	private static function taxonomies() {
		$used  = self::used_taxonomies();
		$found = array();
		foreach ( get_taxonomies( array(), 'objects' ) as $name => $taxonomy ) {
			$is_one = ( $taxonomy->public && 'post_format' !== $name ) || in_array( $name, self::OURS, true );
			if ( $is_one && self::is_short( $name ) ) {
				$count          = wp_count_terms(
					array(
						'taxonomy'   => $name,
						'hide_empty' => false,
					)
				);
				$found[ $name ] = self::kind( $taxonomy->labels->name, is_wp_error( $count ) ? 0 : $count, in_array( $name, $used, true ), self::PAGE );
			}
		}
		return $found;
	}

	/** Names of the taxonomies whose terms pieces can carry. */
	private static function used_taxonomies() {
		$names = array();
		foreach ( array_filter( Options::content_types(), 'post_type_exists' ) as $type ) {
			foreach ( get_object_taxonomies( $type, 'objects' ) as $name => $taxonomy ) {
				if ( ( $taxonomy->public && 'post_format' !== $name ) || in_array( $name, self::OURS, true ) ) {
					$names[] = $name;
				}
			}
		}
		return array_values( array_unique( array_filter( $names, array( self::class, 'is_short' ) ) ) );
	}

	/** A type or taxonomy as it is told. */
	private static function kind( $label, $count, $enabled, $limit ) {
		return array(
			'label'       => self::cut( Term_Name::plain( wp_strip_all_tags( $label ) ), 200 ),
			'count'       => (int) $count,
			'enabled'     => $enabled,
			'fetch_limit' => $limit,
		);
	}

	/**
	 * A page of people who may write, by their number.
	 *
	 * @param int $after The number with which the page before ended; 0: the first one.
	 */
	public static function authors( $after ) {
		// WP_User_Query cannot begin behind a number.
		$behind = static function ( $query ) use ( $after ) {
			global $wpdb;
			$query->query_where .= $wpdb->prepare( " AND $wpdb->users.ID > %d", $after );
		};
		add_action( 'pre_user_query', $behind );
		$people = get_users(
			array(
				'capability'  => 'edit_posts',
				'number'      => self::PAGE,
				'orderby'     => 'ID',
				'count_total' => false,
			)
		);
		remove_action( 'pre_user_query', $behind );
		$told = array();
		foreach ( $people as $user ) {
			$told[] = array(
				'id'    => (int) $user->ID,
				'name'  => self::cut( Term_Name::plain( $user->display_name ), 200 ),
				'email' => self::cut( $user->user_email, 254 ),
				'roles' => array_slice( array_values( array_filter( $user->roles, array( self::class, 'is_short' ) ) ), 0, 30 ),
			);
		}
		return array(
			'authors' => $told,
			'next'    => self::PAGE === count( $told ) ? end( $told )['id'] : null,
		);
	}

	/**
	 * A page of terms of the taxonomies that take part, by their key.
	 *
	 * @param int $after Where the page before ended; 0: the first one.
	 */
	public static function terms( $after ) {
		global $wpdb;
		$names = self::used_taxonomies();
		$rows  = array();
		if ( $names ) {
			$places = implode( ',', array_fill( 0, count( $names ), '%s' ) );
			$query  = "SELECT x.term_taxonomy_id AS place, x.taxonomy, t.term_id, t.name, t.slug, x.parent, x.count
				FROM $wpdb->term_taxonomy x JOIN $wpdb->terms t ON t.term_id = x.term_id
				WHERE x.taxonomy IN ($places) AND x.term_taxonomy_id > %d ORDER BY x.term_taxonomy_id LIMIT %d";
			$rows   = $wpdb->get_results( $wpdb->prepare( $query, array_merge( $names, array( $after, self::PAGE ) ) ) );
		}
		return array(
			'terms' => array_map( array( self::class, 'term' ), $rows ),
			'next'  => self::PAGE === count( $rows ) ? (int) end( $rows )->place : null,
		);
	}

	/** A row as it is told. */
	private static function term( $row ) {
		return array(
			'taxonomy' => $row->taxonomy,
			'id'       => (int) $row->term_id,
			'name'     => self::cut( Term_Name::plain( $row->name ), 200 ),
			'slug'     => self::cut( $row->slug, 200 ),
			'parent'   => (int) $row->parent,
			'count'    => max( 0, (int) $row->count ),
		);
	}

	/** Whether the app can keep such a name. */
	private static function is_short( $name ) {
		return strlen( $name ) <= 50;
	}

	/** The beginning of a text. */
	private static function cut( $text, $length ) {
		return mb_substr( (string) $text, 0, $length, 'UTF-8' );
	}
}
