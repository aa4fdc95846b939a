<?php
/**
 * The taxonomies of IGNY8, and which taxonomy holds which kind of term.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/** Sectors and clusters are taxonomies of our own; categories and tags are those of the post type. */
final class Taxonomies {

	/** Registers sectors and clusters for the enabled types: editable, without archive pages of their own. */
	public static function register() {
		$labels = array(
			'igny8_sector'  => array( __( 'Sectors', 'igny8' ), __( 'Sector', 'igny8' ) ),
			'igny8_cluster' => array( __( 'Clusters', 'igny8' ), __( 'Cluster', 'igny8' ) ),
		);
		foreach ( $labels as $taxonomy => list( $plural, $singular ) ) {
			register_taxonomy(
				$taxonomy,
				Options::content_types(),
				array(
					'labels'       => array(
						'name'          => $plural,
						'singular_name' => $singular,
					),
					'hierarchical' => 'igny8_sector' === $taxonomy,
					'public'       => false,
					'show_ui'      => true,
					'show_in_rest' => true,
					'rewrite'      => false,
				)
			);
		}
	}

	/**
	 * The taxonomy that holds a kind of term for a post type.
	 *
	 * @param string $kind One of Publish_Request::KINDS.
	 * @param string $type Post type.
	 * @return string|null Null: the type has none.
	 */
	public static function for_kind( $kind, $type ) {
		if ( 'sectors' === $kind || 'clusters' === $kind ) {
			return 'sectors' === $kind ? 'igny8_sector' : 'igny8_cluster';
		}
		$usual = 'categories' === $kind ? array( 'category', 'product_cat' ) : array( 'post_tag', 'product_tag' );
		$all   = get_object_taxonomies( $type, 'objects' );
		foreach ( $usual as $name ) {
			if ( isset( $all[ $name ] ) ) {
				return $name;
			}
		}
		foreach ( $all as $name => $taxonomy ) {
			$ours = 0 === strpos( $name, 'igny8_' );
			if ( ! $ours && $taxonomy->public && 'post_format' !== $name && $taxonomy->hierarchical === ( 'categories' === $kind ) ) {
				return $name;
			}
		}
		return null;
	}
}
