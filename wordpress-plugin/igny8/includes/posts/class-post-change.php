<?php
/**
 * Taking back what was written of a post.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Database\Cache_Trail;
use Igny8\Seo\Seo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- rows as they are, past every filter; every value is prepared.

/**
 * A post as it was, and what a publication was about to write of it. Since then a person, a visitor
 * or another plugin may have come: a column or row goes back only while it is what we wrote.
 */
final class Post_Change {

	/** Rows of our own in a post's meta. */
	const OURS = array( Baseline::META );

	/** Columns by which a new post is told from one that a person works on. */
	const TOLD_BY = array( 'post_title', 'post_content', 'post_excerpt', 'post_name', 'post_password', 'post_date' );

	/** Those of them that we leave empty. */
	const EMPTY_COLUMNS = array(
		'post_excerpt'  => '',
		'post_password' => '',
	);

	/** When a post was saved last. */
	const MOMENT = array( 'post_modified', 'post_modified_gmt' );

	/** What WordPress notes by itself when a post is saved → the column by whose change it does. */
	const TRACES = array(
		'_wp_old_slug'          => 'post_name',
		'_wp_old_date'          => 'post_date',
		'_pingme'               => 'post_modified_gmt',
		'_encloseme'            => 'post_modified_gmt',
		'_wp_trash_meta_status' => 'post_status',
		'_wp_trash_meta_time'   => 'post_status',
		'_wp_desired_post_slug' => 'post_status',

		'_wp_trash_meta_comments_status' => 'post_status',
	);

	/** The post. @var int */
	private $id;
	/** Its rows before. @var array */
	private $old;
	/** Its rows now. @var array */
	private $now;
	/** See Post_Writer::planned(); empty in the list of an older plugin. @var array */
	private $wrote;

	/**
	 * For one post.
	 *
	 * @param array $old   Rows of a Snapshot.
	 * @param array $wrote Keys key, last (the status that it is to have in the end), columns, meta, terms.
	 */
	public function __construct( array $old, array $wrote ) {
		$this->id    = (int) $old['post']['ID'];
		$this->old   = $old;
		$this->wrote = $wrote;
		$this->now   = Snapshot::of( $this->id )->rows;
	}

	/**
	 * Puts back what is still ours.
	 *
	 * @param bool $dead Whether another request wrote it: where nothing shows that it did, all stays.
	 */
	public function take_back( $dead ) {
		if ( ! $this->now['post'] || ! $this->wrote || $this->now === $this->old || ( $dead && ! $this->has_landed() ) ) {
			return;
		}
		if ( ! $dead ) {
			// The last act is ours, too; an older plugin's was to make it public.
			$this->wrote['columns']['post_status'][] = sha1( $this->wrote['last'] ?? 'publish' );
		}
		$this->remove_revisions();
		$this->put_columns_back();
		$this->put_comments_back();
		$this->put_meta_back();
		$this->put_terms_back();
		$this->put_seo_back();
		Cache_Trail::clean_post( $this->id );
		Snapshot::count_terms( array_merge( $this->old['relations'], $this->now['relations'] ) );
	}

	/**
	 * Whether any of it reached the database: our key, which is written first, or a column. The moment
	 * of the change proves nothing: a person may have saved in the same second.
	 */
	private function has_landed() {
		$key = '_igny8_publish_key';
		if ( ! isset( $this->wrote['key'] ) || self::values( $this->now, $key ) !== self::values( $this->old, $key ) ) {
			return true;
		}
		$columns = array_diff( array_keys( $this->wrote['columns'] ), self::MOMENT );
		return (bool) array_filter( $columns, array( $this, 'is_changed_by_us' ) );
	}

	/** Whether a column of ours holds something else by now: somebody saved the post after us, be it in the same second. */
	private function is_saved_by_others() {
		foreach ( array_diff( array_keys( $this->wrote['columns'] ), self::MOMENT ) as $column ) {
			if ( $this->now['post'][ $column ] !== $this->old['post'][ $column ] && ! $this->is_ours( $column ) ) {
				return true;
			}
		}
		return false;
	}

	/** Whether a column holds what we wrote, and held something else before. */
	private function is_changed_by_us( $column ) {
		return $this->is_ours( $column ) && $this->now['post'][ $column ] !== $this->old['post'][ $column ];
	}

	/**
	 * Whether a new post of a dead request is as that request left it: a draft on which people have left
	 * nothing, and that nobody has saved again, or at most another plugin, which left what we wrote alone.
	 *
	 * @param object     $row   Its row.
	 * @param array      $wrote Column → hash of what was written; fewer in the list of an older plugin.
	 * @param array|null $more  See People; null in the list of an older plugin.
	 */
	public static function is_untouched( $row, array $wrote, ?array $more = null ) {
		if ( 'draft' !== $row->post_status || People::have_worked_on( (int) $row->ID, $more ) ) {
			return false;
		}
		return self::is_saved_as( $row, $wrote );
	}

	/**
	 * Whether a new post of a living request, beside which other plugins of the same request have written
	 * what they like, has no words of a person: neither saved nor said.
	 *
	 * @param object $row   Its row.
	 * @param array  $wrote Column → hash of what was written.
	 */
	public static function is_as_written( $row, array $wrote ) {
		return self::is_saved_as( $row, $wrote ) && ! People::have_commented( (int) $row->ID );
	}

	/** Whether a post has the columns that were written, or has never been saved again. */
	private static function is_saved_as( $row, array $wrote ) {
		$same = (bool) $wrote;
		foreach ( $wrote as $column => $hash ) {
			$same = $same && self::is_among( $row->$column, array( $hash ) );
		}
		return $same || $row->post_modified_gmt === $row->post_date_gmt;
	}

	/** Whether a column holds what we wrote. */
	private function is_ours( $column ) {
		return self::is_among( $this->now['post'][ $column ], $this->wrote['columns'][ $column ] ?? array() );
	}

	/** Whether a value is one of those whose hashes were noted; a link to the gallery may follow a text. */
	private static function is_among( $value, array $hashes ) {
		return in_array( sha1( $value ), $hashes, true ) || in_array( sha1( Gallery::without_link( $value ) ), $hashes, true );
	}

	/** Title, text, address, state and the like. */
	private function put_columns_back() {
		global $wpdb;
		$back = array();
		foreach ( array_keys( $this->wrote['columns'] ) as $column ) {
			if ( $this->is_changed_by_us( $column ) ) {
				$back[ $column ] = $this->old['post'][ $column ];
			}
		}
		if ( $this->is_saved_by_others() ) {
			$back = array_diff_key( $back, array_flip( self::MOMENT ) );
		}
		if ( $back ) {
			// Whoever saves the post in this moment is not overwritten.
			$wpdb->update( $wpdb->posts, $back, array( 'ID' => $this->id ) + array_intersect_key( $this->now['post'], $back ) );
		}
	}

	/** Back into the trash with a post that we took out of it: comments that nobody has touched since. */
	private function put_comments_back() {
		global $wpdb;
		if ( 'trash' !== $this->old['post']['post_status'] || ! $this->is_changed_by_us( 'post_status' ) ) {
			return;
		}
		$values = self::values( $this->old, '_wp_trash_meta_comments_status' );
		foreach ( (array) maybe_unserialize( $values[0] ?? '' ) as $id => $approved ) {
			$wpdb->update( $wpdb->comments, array( 'comment_approved' => 'post-trashed' ), array( 'comment_ID' => $id, 'comment_post_ID' => $this->id, 'comment_approved' => $approved ) ); // phpcs:ignore WordPress.Arrays
			clean_comment_cache( $id );
		}
	}

	/** Our own rows, those that hold what we wrote, and what WordPress noted of our saving. */
	private function put_meta_back() {
		$keys = isset( $this->wrote['key'] ) ? array_merge( Post_Writer::META, self::OURS ) : array( Posts::STORED_HASH );
		$keys = array_merge( $keys, array_keys( array_filter( self::TRACES, array( $this, 'is_changed_by_us' ) ) ) );
		foreach ( $this->wrote['meta'] ?? array() as $key => $value ) {
			if ( self::values( $this->now, $key ) === ( '' === $value ? array() : array( $value ) ) ) {
				$keys[] = $key;
			}
		}
		$old = self::with_keys( $this->old['meta'], $keys );
		$now = self::with_keys( $this->now['meta'], $keys );
		self::swap( 'postmeta', self::without( $now, $old ), self::without( $old, $now ) );
	}

	/** Of the taxonomies that we wrote: terms of ours go, terms that we took away come back. */
	private function put_terms_back() {
		foreach ( $this->wrote['terms'] ?? array() as $taxonomy => $ids ) {
			$of  = self::term_taxonomy_ids( $taxonomy );
			$our = array_intersect_key( $of, array_flip( $ids ) );
			$old = self::rows_among( $this->old['relations'], $of );
			$now = self::rows_among( $this->now['relations'], $of );
			self::swap( 'term_relationships', self::rows_among( array_diff_key( $now, $old ), $our ), array_diff_key( $old, $now, array_flip( $our ) ) );
		}
	}

	/** The fields of an SEO plugin that has a table of its own, as long as they are what we wrote. */
	private function put_seo_back() {
		global $wpdb;
		list( $table, $old ) = $this->old['seo'] ?? array( '', null );
		$now = $this->now['seo'][1] ?? null;
		if ( '' === $table || ! $now || $now === $old ) {
			return;
		}
		$back = array();
		foreach ( $this->wrote['seo'] ?? array() as $field => $value ) {
			if ( ! Seo::is_same( $value, (string) ( $now[ $field ] ?? '' ) ) ) {
				return;
			}
		}
		if ( ! $old ) {
			$wpdb->delete( $table, array( 'post_id' => $this->id ) );
			return;
		}
		foreach ( array_merge( array_keys( $this->wrote['seo'] ?? array() ), array( 'focus_keyword', 'additional_keywords', 'updated' ) ) as $field ) {
			if ( array_key_exists( $field, $old ) ) {
				$back[ $field ] = $old[ $field ];
			}
		}
		$wpdb->update( $table, $back, array( 'post_id' => $this->id ) );
	}

	/** Those newer than the snapshot that hold exactly what was being written. */
	private function remove_revisions() {
		global $wpdb;
		// WordPress takes these from the post when a revision of it is deleted.
		$kept = self::with_keys( $this->now['meta'], array( '_wp_trash_meta_status', '_wp_trash_meta_time' ) );

		$sql = "SELECT ID, post_title, post_content, post_excerpt FROM $wpdb->posts WHERE post_parent = %d AND post_type = 'revision' AND ID > %d";
		foreach ( $wpdb->get_results( $wpdb->prepare( $sql, $this->id, $this->old['revision'] ?? PHP_INT_MAX ), ARRAY_A ) as $row ) {
			$ours = true;
			foreach ( array( 'post_title', 'post_content', 'post_excerpt' ) as $column ) {
				$ours = $ours && self::is_among( $row[ $column ], $this->wrote['columns'][ $column ] ?? array( sha1( $this->old['post'][ $column ] ) ) );
			}
			if ( $ours ) {
				wp_delete_post_revision( (int) $row['ID'] );
			}
		}
		self::swap( 'postmeta', array(), self::without( $kept, Snapshot::of( $this->id )->rows['meta'] ) );
	}

	/** Removes the one rows and inserts the others. */
	private static function swap( $table, array $away, array $back ) {
		global $wpdb;
		foreach ( $away as $row ) {
			$wpdb->delete( $wpdb->$table, $row );
		}
		foreach ( $back as $row ) {
			$wpdb->insert( $wpdb->$table, $row );
		}
	}

	/** Term id → its row's id in a taxonomy. */
	private static function term_taxonomy_ids( $taxonomy ) {
		global $wpdb;
		$rows = $wpdb->get_results( $wpdb->prepare( "SELECT term_id, term_taxonomy_id FROM $wpdb->term_taxonomy WHERE taxonomy = %s", $taxonomy ), ARRAY_A );
		return array_map( 'intval', wp_list_pluck( $rows, 'term_taxonomy_id', 'term_id' ) );
	}

	/** Relations with these terms, by term. */
	private static function rows_among( array $relations, array $ids ) {
		return array_intersect_key( array_column( $relations, null, 'term_taxonomy_id' ), array_flip( $ids ) );
	}

	/** Values of a meta key. */
	private static function values( array $rows, $key ) {
		return array_column( self::with_keys( $rows['meta'], array( $key ) ), 'meta_value' );
	}

	/** Meta rows of some keys. */
	private static function with_keys( array $meta, array $keys ) {
		return array_filter(
			$meta,
			static function ( $row ) use ( $keys ) {
				return in_array( $row['meta_key'], $keys, true );
			}
		);
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
}
