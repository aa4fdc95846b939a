<?php
/**
 * What people have left on a post.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Media\Attachments;
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

	/** Meta that names pictures. */
	const PICTURES = array( '_thumbnail_id', '_product_image_gallery' );

	/** Seconds in which an open editor says that it is open. */
	const LOCKED = 150;

	/**
	 * Whether there is anything of theirs.
	 *
	 * @param int        $post_id The post.
	 * @param array|null $wrote   What we wrote, with the keys terms (taxonomy → ids) and seo (field → value);
	 *                            null: nobody knows, or the baseline tells: neither is looked at.
	 */
	public static function have_worked_on( $post_id, ?array $wrote = null ) {
		return self::are_writing( $post_id )
			|| self::have_commented( $post_id )
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

	/** Fields of other hands, and pictures that are not ours. */
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
		$sql   = "SELECT meta_id FROM $wpdb->postmeta WHERE post_id = %d AND meta_value <> ''" . str_repeat( ' AND meta_key NOT LIKE %s', count( $known ) ) . ' LIMIT 1';
		return (bool) $wpdb->get_var( $wpdb->prepare( $sql, $post_id, ...$known ) );
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
