<?php
/**
 * A post as it was.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- copies rows as they are, past every filter; every value is prepared.

/** The rows of a post, its meta and its terms, to be put back exactly. */
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

	/**
	 * A title and a text in short.
	 *
	 * @param string   $title   The title.
	 * @param string   $content The text.
	 * @param int|null $length  Bytes of the text that count; null: all.
	 * @return array Their hash, and how many bytes of the text it covers.
	 */
	public static function fingerprint( $title, $content, $length = null ) {
		$length = null === $length ? strlen( $content ) : $length;
		return array( sha1( $title . "\0" . substr( $content, 0, $length ) ), $length );
	}

	/** Whether the rows are still the same; inside a transaction the post is locked with this. */
	public function is_current() {
		global $wpdb;
		$id = (int) $this->rows['post']['ID'];
		$wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE ID = %d FOR UPDATE", $id ) );
		return self::of( $id )->rows === $this->rows;
	}

	/** Whether the post has a title and text that are neither the old ones nor those that were being written. */
	public function is_changed_by_others( array $wrote ) {
		$row = Posts::row( (int) $this->rows['post']['ID'] );
		$old = $this->rows['post'];
		return ! $row || ! ( self::is_like( $row, $wrote ) || ( $row->post_title === $old['post_title'] && $row->post_content === $old['post_content'] ) );
	}

	/** Whether a row has what was being written; a gallery may follow the text. */
	private static function is_like( $row, array $wrote ) {
		return $wrote && self::fingerprint( $row->post_title, $row->post_content, $wrote[1] ) === $wrote;
	}

	/**
	 * Puts the rows back, and removes the revisions that were made of what is taken back.
	 *
	 * @param array $wrote Fingerprint of that, or none.
	 */
	public function restore( array $wrote = array() ) {
		$id = (int) $this->rows['post']['ID'];
		$now = self::of( $id )->rows;
		if ( $now === $this->rows ) {
			return;
		}
		$this->remove_revisions( $id, $wrote );
		$this->put_back( $id );
		Cache_Trail::clean_post( $id );
		self::count_terms( array_merge( $this->rows['relations'], $now['relations'] ) );
	}

	/** Counts the terms again that the post has or had. */
	private static function count_terms( array $relations ) {
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

	/** Every row as it was; rows that are as they were stay untouched. */
	private function put_back( $id ) {
		global $wpdb;
		$wpdb->update( $wpdb->posts, $this->rows['post'], array( 'ID' => $id ) );
		$now = self::of( $id )->rows;
		foreach ( array( 'meta' => $wpdb->postmeta, 'relations' => $wpdb->term_relationships ) as $what => $table ) { // phpcs:ignore WordPress.Arrays
			foreach ( self::without( $now[ $what ], $this->rows[ $what ] ) as $row ) {
				$wpdb->delete( $table, 'meta' === $what ? array( 'meta_id' => $row['meta_id'] ) : $row );
			}
			foreach ( self::without( $this->rows[ $what ], $now[ $what ] ) as $row ) {
				$wpdb->insert( $table, $row );
			}
		}
		if ( ! empty( $this->rows['seo'] ) && ( $now['seo'] ?? null ) !== $this->rows['seo'] ) {
			list( $table, $row ) = $this->rows['seo'];
			$wpdb->delete( $table, array( 'post_id' => $id ) );
			if ( $row ) {
				$wpdb->insert( $table, $row );
			}
		}
	}

	/** Rows of the first list that the second lacks. */
	private static function without( array $rows, array $others ) {
		return array_filter(
			$rows,
			static function ( $row ) use ( $others ) {
				return ! in_array( $row, $others, true );
			}
		);
	}

	/** Those newer than the snapshot that hold exactly what was being written. */
	private function remove_revisions( $id, array $wrote ) {
		global $wpdb;
		$sql = "SELECT ID, post_title, post_content FROM $wpdb->posts WHERE post_parent = %d AND post_type = 'revision' AND ID > %d";
		foreach ( $wpdb->get_results( $wpdb->prepare( $sql, $id, $this->rows['revision'] ?? PHP_INT_MAX ) ) as $row ) {
			if ( self::is_like( $row, $wrote ) ) {
				wp_delete_post_revision( (int) $row->ID );
			}
		}
	}
}
