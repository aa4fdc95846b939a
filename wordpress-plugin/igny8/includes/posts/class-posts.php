<?php
/**
 * Reading what WordPress has for our ids.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Database\Database;
use Igny8\Claim\Fence;
use Igny8\Rest\Publish_Request;
use Igny8\Terms\Taxonomies;
use Igny8\Terms\Term_Name;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the truth is read from the database, past every cache; every value is prepared.

/** Lookups of posts that came from IGNY8. */
final class Posts {

	const CONTENT_ID   = '_igny8_content_id';
	const INSTALLATION = '_igny8_installation';
	const STORED_HASH  = '_igny8_stored_hash';
	const IMAGES       = '_igny8_images';
	const GALLERY_OF   = '_igny8_gallery_of';
	const ITSELF       = '_igny8_post_id';
	const COMMENTS     = '_igny8_comments';
	const SEQUENCE     = '_igny8_sequence';

	/** The date in UTC of a draft that was never public. */
	const NO_DATE = '0000-00-00 00:00:00';

	/** Ids of the posts that carry a content's id of an installation, oldest first; there should be one at most. */
	public static function with_content_id( $installation, $content_id ) {
		$ids = self::with_meta( self::CONTENT_ID, $installation, $content_id );
		return $ids ? $ids : Deletion::half_done( $installation, $content_id, array( self::CONTENT_ID ) );
	}

	/** The new post that still carries a mark as its guid, or 0; whoever saves it makes a URL of the guid. */
	public static function with_mark( $mark ) {
		global $wpdb;
		return (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE guid IN (%s, %s)", $mark, sanitize_url( $mark ) ) );
	}

	/** What was stored for a post of ours after somebody rolled the post itself back. */
	public static function remove_orphans( $post_id ) {
		global $wpdb;
		if ( ! self::row( $post_id ) ) {
			$wpdb->delete( $wpdb->postmeta, array( 'post_id' => $post_id ) );
			$wpdb->delete( $wpdb->term_relationships, array( 'object_id' => $post_id ) );
		}
	}

	/** A person works on what a dead request began: from now on it is a post like any other. */
	public static function give_away( $post_id ) {
		global $wpdb;
		$keys = array_merge( Post_Writer::META, array( Baseline::META, self::GALLERY_OF ) );
		$list = implode( ',', array_fill( 0, count( $keys ), '%s' ) );
		$wpdb->query( $wpdb->prepare( "DELETE FROM $wpdb->postmeta WHERE post_id = %d AND meta_key IN ($list)", $post_id, ...$keys ) );
		wp_cache_delete( $post_id, 'post_meta' );
		self::unmark( $post_id );
	}

	/** Gives a new post, once nobody looks for its mark any more, the guid that WordPress gives. */
	public static function unmark( $post_id ) {
		global $wpdb;
		$changed = $wpdb->query( $wpdb->prepare( "UPDATE $wpdb->posts SET guid = %s WHERE ID = %d AND (guid LIKE 'igny8-%%' OR guid LIKE 'http://igny8-%%')", get_permalink( $post_id ), $post_id ) );
		if ( $changed ) {
			clean_post_cache( $post_id );
		}
	}

	/** The separate gallery post of a content, or 0. */
	public static function overflow_of( $installation, $content_id ) {
		$ids = self::with_meta( self::GALLERY_OF, $installation, $content_id );
		$ids = $ids ? $ids : Deletion::half_done( $installation, $content_id, array( self::GALLERY_OF ) );
		return $ids ? $ids[0] : 0;
	}

	/** Takes a post out of the trash, where it lost its address; whoever took that meanwhile keeps it. */
	public static function take_out_of_trash( $post_id ) {
		if ( 'trash' !== get_post_status( $post_id ) ) {
			return;
		}
		// Not public at once, as some websites have it: with the old text, before it is written.
		$as_draft = static function () {
			return 'draft';
		};
		add_filter( 'wp_untrash_post_status', $as_draft, PHP_INT_MAX );
		wp_untrash_post( $post_id );
		remove_filter( 'wp_untrash_post_status', $as_draft, PHP_INT_MAX );
		$post = get_post( $post_id );
		$slug = wp_unique_post_slug( $post->post_name, $post_id, 'publish', $post->post_type, (int) $post->post_parent );
		if ( $slug !== $post->post_name ) {
			wp_update_post( wp_slash( array( 'ID' => $post_id, 'post_name' => $slug, 'edit_date' => true ) ) ); // phpcs:ignore WordPress.Arrays
		}
	}

	/** A post's row, past caches and filters, or null; $hold keeps it from others until the transaction ends. */
	public static function row( $post_id, $hold = false ) {
		global $wpdb;
		$sql = $wpdb->prepare( "SELECT * FROM $wpdb->posts WHERE ID = %d", $post_id );
		return $wpdb->get_row( $hold ? "$sql FOR UPDATE" : $sql );
	}

	/** Whether a row is shown to everybody, or will be in time: statuses of other plugins count by what they say of themselves. */
	public static function is_public( $row ) {
		$status = $row ? get_post_status_object( $row->post_status ) : null;
		return $status && ( 'future' === $row->post_status || $status->public || is_post_status_viewable( $status ) );
	}

	/** One private row of a post, in place. */
	public static function put( $post_id, $key, $value ) {
		global $wpdb;
		Database::run( $wpdb->prepare( "DELETE FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $post_id, $key ) );
		Database::run( $wpdb->prepare( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES (%d, %s, %s)", $post_id, $key, $value ) );
		wp_cache_delete( $post_id, 'post_meta' );
	}

	/** Whether a row has a date; one without gets it when it goes public. */
	public static function is_dated( $row ) {
		return self::NO_DATE !== $row->post_date_gmt;
	}

	/** A moment of a row, Unix time; a draft may have it in the site's time only. */
	public static function time_of( $row, $column = 'post_date' ) {
		$gmt = $row->{"{$column}_gmt"};
		return strtotime( ( self::NO_DATE === $gmt ? get_gmt_from_date( $row->$column ) : $gmt ) . ' UTC' );
	}

	/** Meta values by key, past caches; the first value of each key. */
	public static function meta( $post_id ) {
		global $wpdb;
		$meta = array();
		foreach ( $wpdb->get_results( $wpdb->prepare( "SELECT meta_key, meta_value FROM $wpdb->postmeta WHERE post_id = %d ORDER BY meta_id", $post_id ) ) as $row ) {
			$meta[ $row->meta_key ] = $meta[ $row->meta_key ] ?? $row->meta_value;
		}
		return $meta;
	}

	/** What an editor there could have changed, as one hash. */
	public static function stored_hash( $row ) {
		return hash( 'sha256', wp_json_encode( array( $row->post_title, $row->post_content, $row->post_excerpt, $row->post_name ) ) );
	}

	/** The assigned terms by kind, as the contract's stored_terms. */
	public static function terms( $post_id, $type ) {
		global $wpdb;
		$sql  = "SELECT t.term_id, t.name, t.slug, x.taxonomy FROM $wpdb->term_relationships r
			JOIN $wpdb->term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id JOIN $wpdb->terms t ON t.term_id = x.term_id
			WHERE r.object_id = %d ORDER BY t.term_id";
		$rows = $wpdb->get_results( $wpdb->prepare( $sql, $post_id ) );
		$all  = array();
		foreach ( Publish_Request::KINDS as $kind ) {
			$taxonomy     = Taxonomies::for_kind( $kind, $type );
			$all[ $kind ] = array();
			foreach ( $rows as $row ) {
				if ( $row->taxonomy === $taxonomy ) {
					$all[ $kind ][] = array(
						'id'   => (int) $row->term_id,
						'name' => Term_Name::plain( $row->name ),
						'slug' => $row->slug,
					);
				}
			}
		}
		return $all;
	}

	/** URL that a post has, or will have once it is public. */
	public static function public_url( $post_id ) {
		$post = get_post( $post_id );
		if ( $post && 'publish' !== $post->post_status ) {
			$post              = clone $post;
			$post->post_status = 'publish';
			$post->filter      = 'sample';
		}
		return $post ? (string) get_permalink( $post ) : '';
	}

	/** A moment of the contract. */
	public static function utc( $timestamp ) {
		return gmdate( 'Y-m-d\TH:i:s\Z', $timestamp );
	}

	/** The meta that says whose post it is: none for an app that does not name itself. */
	public static function owner( Fence $fence ) {
		return '' === $fence->installation ? array() : array( self::INSTALLATION => $fence->installation );
	}

	/** How many posts each installation has here; under '' those that name none. */
	public static function count_by_installation() {
		global $wpdb;
		$sql    = "SELECT COALESCE(i.meta_value, '') AS installation, COUNT(DISTINCT m.post_id) AS posts FROM $wpdb->postmeta m
			JOIN $wpdb->posts p ON p.ID = m.post_id LEFT JOIN $wpdb->postmeta i ON i.post_id = m.post_id AND i.meta_key = %s
			WHERE m.meta_key = %s AND p.post_type <> 'revision' AND " . self::is_itself( 'm' ) . ' GROUP BY 1';
		$counts = array();
		foreach ( $wpdb->get_results( $wpdb->prepare( $sql, self::INSTALLATION, self::CONTENT_ID ) ) as $row ) {
			$counts[ $row->installation ] = (int) $row->posts;
		}
		return $counts;
	}

	/** SQL: the row `$alias` of postmeta belongs to a post of the installation; '' are the posts that name none. */
	public static function owned( $alias, $installation ) {
		global $wpdb;
		return $wpdb->prepare(
			"COALESCE((SELECT named.meta_value FROM $wpdb->postmeta named WHERE named.post_id = $alias.post_id AND named.meta_key = %s LIMIT 1), '') = %s",
			self::INSTALLATION,
			$installation
		);
	}

	/**
	 * SQL: the row `$alias` of postmeta is of the very post that we wrote. A duplicate that somebody
	 * made of it has all its meta, and so another post's id; what an older plugin wrote has none.
	 */
	public static function is_itself( $alias ) {
		global $wpdb;
		return $wpdb->prepare( "NOT EXISTS (SELECT 1 FROM $wpdb->postmeta itself WHERE itself.post_id = $alias.post_id AND itself.meta_key = %s AND itself.meta_value <> $alias.post_id)", self::ITSELF );
	}

	/** SQL: no row of ours says that the content is another post than that of `$alias`, which an older plugin wrote. */
	private static function is_no_copy( $alias, $installation, $content_id ) {
		global $wpdb;
		$table = Database::table();
		return $wpdb->prepare(
			"( EXISTS (SELECT 1 FROM $wpdb->postmeta itself WHERE itself.post_id = $alias.post_id AND itself.meta_key = %s)
			OR NOT EXISTS (SELECT 1 FROM $table r WHERE r.installation = %s AND r.content_id = %d AND r.post_id NOT IN (0, $alias.post_id)) )",
			self::ITSELF,
			$installation,
			$content_id
		);
	}

	/** An installation's posts with a meta value, without other people's duplicates of them. */
	private static function with_meta( $key, $installation, $value ) {
		global $wpdb;
		$sql  = "SELECT p.ID FROM $wpdb->postmeta m JOIN $wpdb->posts p ON p.ID = m.post_id
			WHERE m.meta_key = %s AND m.meta_value = %s AND p.post_type <> 'revision'";
		$sql  = $wpdb->prepare( $sql, $key, $value ) . ' AND ' . self::owned( 'm', $installation ) . ' AND ' . self::is_itself( 'm' );
		$sql .= self::CONTENT_ID === $key ? ' AND ' . self::is_no_copy( 'm', $installation, $value ) : '';
		return array_map( 'intval', $wpdb->get_col( "$sql ORDER BY p.ID" ) );
	}
}
