<?php
/**
 * What people have left on a post.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Database\Look;
use Igny8\Media\Attachments;
use Igny8\Media\Mention;
use Igny8\Rest\Publish_Request;
use Igny8\Seo\Seo;
use Igny8\Terms\Taxonomies;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the truth is read from the database, past every cache; every value is prepared.

/**
 * Tells whether a person or a visitor has left something on a post that we did not write, so that it is
 * not deleted for good. Title, text, excerpt and address are compared by whoever asks. Where nobody can
 * say whose it is, it is a person's.
 */
final class People {

	/** What WordPress notes by itself, as patterns of LIKE. */
	const NOTES = array( '\_edit\_%', '\_encloseme', '\_pingme', '\_wp\_old\_%', '\_wp\_trash\_meta\_%', '\_wp\_desired\_post\_slug', '\_oembed\_%', '\_trackbackme' );

	/** Ours, and what SEO plugins keep beside the fields that people fill in. */
	const OTHERS = array( '\_igny8\_%', '\_yoast\_%', 'rank\_math\_%', '\_rank\_math\_%', '\_aioseo\_%', '\_seopress\_%' );

	/** Of those, what people fill in and we never do. */
	const THEIRS = array( '\_yoast\_wpseo\_opengraph-%', '\_yoast\_wpseo\_twitter-%', '\_yoast\_wpseo\_meta-robots-%', '\_yoast\_wpseo\_redirect', 'rank\_math\_facebook\_%', 'rank\_math\_twitter\_%', '\_aioseo\_og\_%', '\_aioseo\_twitter\_%', '\_seopress\_social\_%', '\_seopress\_redirections\_value' );

	/** Keys under which plugins count visits and the like, where the value is a number; a pattern. */
	const COUNTERS = '(^|[^a-z]|post)(views?|hits?|likes?|shares?|counts?|counter)([^a-z]|$)';

	/** Meta that names pictures. */
	const PICTURES = array( '_thumbnail_id', '_product_image_gallery' );

	/** Seconds in which an open editor says that it is open. */
	const LOCKED = 150;

	/**
	 * Whether there is anything of theirs.
	 *
	 * @param int        $post_id The post.
	 * @param array|null $wrote   What we wrote, with the keys terms (taxonomy → ids) and seo (field → value),
	 *                            and since, before which it was not there, see Look; null: nobody knows, or
	 *                            the baseline tells: neither is looked at.
	 */
	public static function have_worked_on( $post_id, ?array $wrote = null ) {
		return self::are_writing( $post_id )
			|| self::have_commented( $post_id )
			|| self::have_placed( $post_id, $wrote['since'] ?? null )
			|| self::have_set( $post_id )
			|| self::have_meta( $post_id )
			|| self::have_terms( $post_id, $wrote['terms'] ?? null )
			|| ( $wrote && self::have_seo( $post_id, $wrote['seo'] ?? array() ) );
	}

	/** Whether somebody has it open in an editor, or has left there what is not saved. */
	private static function are_writing( $post_id ) {
		global $wpdb;
		$lock = explode( ':', Posts::meta( $post_id )['_edit_lock'] ?? '' );
		// The filter is WordPress's own.
		if ( (int) $lock[0] > time() - (int) apply_filters( 'wp_check_post_lock_window', self::LOCKED ) ) { // phpcs:ignore WordPress.NamingConventions.PrefixAllGlobals
			return true;
		}
		$sql = "SELECT ID FROM $wpdb->posts WHERE post_parent = %d AND post_type = 'revision' AND post_name = %s LIMIT 1";
		return (bool) $wpdb->get_var( $wpdb->prepare( $sql, $post_id, "$post_id-autosave-v1" ) );
	}

	/** Whether somebody has commented: neither a machine nor one whose words were thrown away. */
	public static function have_commented( $post_id ) {
		global $wpdb;
		$sql = "SELECT comment_ID FROM $wpdb->comments WHERE comment_post_ID = %d AND comment_approved NOT IN ( 'spam', 'trash' ) AND comment_type NOT IN ( 'pingback', 'trackback' ) LIMIT 1";
		return (bool) $wpdb->get_var( $wpdb->prepare( $sql, $post_id ) );
	}

	/** Whether the website leans on it: a page of its settings, a sticky post, a menu, a child, a link in another post. */
	private static function have_placed( $post_id, ?array $since ) {
		global $wpdb;
		$named = array( get_option( 'page_on_front' ), get_option( 'page_for_posts' ), get_option( 'wp_page_for_privacy_policy' ) );
		if ( in_array( $post_id, array_map( 'intval', array_merge( $named, (array) get_option( 'sticky_posts' ) ) ), true ) ) {
			return true;
		}
		$sql = "SELECT m.post_id FROM $wpdb->postmeta m JOIN $wpdb->postmeta t ON t.post_id = m.post_id AND t.meta_key = '_menu_item_type' AND t.meta_value = 'post_type'
			WHERE m.meta_key = '_menu_item_object_id' AND m.meta_value = %s LIMIT 1";
		if ( $wpdb->get_var( $wpdb->prepare( $sql, $post_id ) ) ) {
			return true;
		}
		$sql = "SELECT ID FROM $wpdb->posts WHERE post_parent = %d AND post_type NOT IN ( 'attachment', 'revision' ) LIMIT 1";
		return $wpdb->get_var( $wpdb->prepare( $sql, $post_id ) ) || self::have_linked( $post_id, $since );
	}

	/** Whether a post that is not ours links to it, with a slash at the end or without. */
	private static function have_linked( $post_id, ?array $since ) {
		global $wpdb;
		$row = Posts::row( $post_id );
		if ( ! $row || strlen( $row->post_name ) < 4 ) {
			return false;
		}
		$new = Look::written_since( $since );
		$sql = "$wpdb->posts p WHERE $new AND p.ID <> %d AND p.post_type <> 'revision' AND p.post_content LIKE %s AND p.post_content REGEXP %s
			AND NOT EXISTS ( SELECT 1 FROM $wpdb->postmeta m WHERE m.post_id = p.ID AND m.meta_key = %s )";
		return Look::finds( $wpdb->prepare( $sql, $post_id, '%/' . $wpdb->esc_like( $row->post_name ) . '%', Mention::of_page( $row->post_name ), Posts::CONTENT_ID ) );
	}

	/** Whether somebody has given it a password, a format, or has switched its comments. */
	private static function have_set( $post_id ) {
		$row = Posts::row( $post_id );
		if ( ! $row ) {
			return false;
		}
		$comments = Posts::meta( $post_id )[ Posts::COMMENTS ] ?? get_default_comment_status( $row->post_type );
		return '' !== $row->post_password || get_post_format( $post_id ) || $comments !== $row->comment_status;
	}

	/** Fields of other hands but for counters of visits, and pictures that are not ours. */
	private static function have_meta( $post_id ) {
		global $wpdb;
		$meta       = Posts::meta( $post_id );
		$content_id = $meta[ Posts::CONTENT_ID ] ?? $meta[ Posts::GALLERY_OF ] ?? '';
		foreach ( self::PICTURES as $key ) {
			if ( ! self::are_of( $content_id, array_filter( array_map( 'intval', explode( ',', $meta[ $key ] ?? '' ) ) ) ) ) {
				return true;
			}
		}
		$known = array_merge( self::NOTES, self::OTHERS, array_map( array( $wpdb, 'esc_like' ), self::PICTURES ) );
		$none  = '1 = 1' . str_repeat( ' AND meta_key NOT LIKE %s', count( $known ) );
		$some  = '1 = 0' . str_repeat( ' OR meta_key LIKE %s', count( self::THEIRS ) );
		$sql   = "SELECT meta_id FROM $wpdb->postmeta WHERE post_id = %d AND meta_value <> '' AND ( ( $none ) OR ( $some ) )
			AND NOT ( meta_value REGEXP '^[0-9]+$' AND meta_key REGEXP %s ) LIMIT 1";
		return (bool) $wpdb->get_var( $wpdb->prepare( $sql, $post_id, ...$known, ...self::THEIRS, ...array( self::COUNTERS ) ) );
	}

	/** Whether these are images that the content's publications made; those of another content a person has chosen. */
	private static function are_of( $content_id, array $ids ) {
		foreach ( $ids as $id ) {
			if ( '' === $content_id || ( Posts::meta( $id )[ Attachments::CONTENT ] ?? '' ) !== $content_id ) {
				return false;
			}
		}
		return true;
	}

	/** Terms of kinds that people choose, other than ours and the site's default. */
	private static function have_terms( $post_id, ?array $ours ) {
		global $wpdb;
		$type = (string) get_post_type( $post_id );
		$sql  = "SELECT x.taxonomy, x.term_id FROM $wpdb->term_relationships r JOIN $wpdb->term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id WHERE r.object_id = %d";
		foreach ( $wpdb->get_results( $wpdb->prepare( $sql, $post_id ) ) as $row ) {
			$taxonomy = get_taxonomy( $row->taxonomy );
			if ( ! $taxonomy || ! $taxonomy->show_ui || ( null === $ours && in_array( $row->taxonomy, self::our_taxonomies( $type ), true ) ) ) {
				continue;
			}
			$known = array_merge( $ours[ $row->taxonomy ] ?? array(), array( get_option( 'category' === $row->taxonomy ? 'default_category' : "default_term_$row->taxonomy" ) ) );
			if ( ! in_array( (int) $row->term_id, array_map( 'intval', $known ), true ) ) {
				return true;
			}
		}
		return false;
	}

	/** The taxonomies that a publication writes. */
	private static function our_taxonomies( $type ) {
		$list = array();
		foreach ( Publish_Request::KINDS as $kind ) {
			$list[] = Taxonomies::for_kind( $kind, $type );
		}
		return $list;
	}

	/** Texts for search engines, other than ours. */
	private static function have_seo( $post_id, array $ours ) {
		$seo = Seo::active();
		foreach ( $seo->stored( $post_id, $seo->fields() ) as $field => $value ) {
			if ( '' !== (string) $value && ! Seo::is_same( (string) ( $ours[ $field ] ?? '' ), (string) $value ) ) {
				return true;
			}
		}
		return false;
	}
}
