<?php
/**
 * Whether the site shows an attachment anywhere.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Database\Look;
use Igny8\Posts\People;
use Igny8\Posts\Posts;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- one look into every table that may name an attachment; every value is prepared.

/**
 * Looks for an attachment's file and id wherever a site keeps them: posts of every status, blocks,
 * shortcodes, widgets and menus, meta of posts, terms, users and comments, comments, descriptions of
 * terms, links, options. A file counts with its sizes, the address of its page, and an id where it
 * stands as a value, see Mention. Tables of other plugins count for what was there before, by its file.
 * What only looks so keeps the attachment as well.
 */
final class Usage {

	/** Where a site names attachments: table → columns. */
	const PLACES = array(
		'posts'         => array( 'post_content', 'post_excerpt', 'post_content_filtered' ),
		'postmeta'      => array( 'meta_value' ),
		'termmeta'      => array( 'meta_value' ),
		'usermeta'      => array( 'meta_value' ),
		'commentmeta'   => array( 'meta_value' ),
		'comments'      => array( 'comment_content' ),
		'term_taxonomy' => array( 'description' ),
		'links'         => array( 'link_image', 'link_notes' ),
		'options'       => array( 'option_value' ),
	);

	/** Meta of WordPress's and of ours that has numbers, and never another post's image. */
	const NO_USE = array( '_wp_attached_file', '_wp_attachment_metadata', '_wp_attachment_backup_sizes', '_edit_lock', '_edit_last', '_wp_trash_meta_time', 'session_tokens' );

	/** Options of WordPress's own that are numbers, and never an image. */
	const COUNTS = array(
		'posts_per_page', 'posts_per_rss', 'comments_per_page', 'thread_comments_depth', 'comment_max_links', 'close_comments_days_old', // phpcs:ignore WordPress.Arrays
		'thumbnail_size_w', 'thumbnail_size_h', 'medium_size_w', 'medium_size_h', 'medium_large_size_w', 'medium_large_size_h', 'large_size_w', 'large_size_h', // phpcs:ignore WordPress.Arrays
		'default_category', 'default_email_category', 'default_link_category', 'page_on_front', 'page_for_posts', 'wp_page_for_privacy_policy', // phpcs:ignore WordPress.Arrays
		'db_version', 'initial_db_version', 'start_of_week', 'gmt_offset', 'mailserver_port', 'user_count', 'admin_email_lifespan', // phpcs:ignore WordPress.Arrays
		'cron', 'rewrite_rules',
	);

	/** The attachment. @var int */
	private $id;
	/** Whether its bare number counts. @var bool */
	private $numbers;
	/** Posts that were written before are passed by, see Look. @var array|null */
	private $since;
	/** Its file as meta of attachments has it; '' without a file. @var string */
	private $file;

	/**
	 * For one attachment.
	 *
	 * @param int        $id      The attachment.
	 * @param bool       $numbers Whether its bare number counts; else only its names do, and a featured image.
	 * @param array|null $since   Before this it was not there to be named; null: nobody knows.
	 */
	public function __construct( $id, $numbers = true, ?array $since = null ) {
		$this->id      = (int) $id;
		$this->numbers = $numbers;
		$this->since   = $since;

		$this->file = (string) get_post_meta( $id, '_wp_attached_file', true );
	}

	/** Whether anything but the attachment itself and old versions of texts mentions it, or a person has given it words. */
	public function is_found() {
		if ( $this->is_featured() || $this->is_shared() || $this->is_attached_elsewhere() || $this->is_edited() || People::have_commented( $this->id ) || ! Attachments::has_our_words( $this->id ) ) {
			return true;
		}
		foreach ( self::PLACES as $table => $columns ) {
			if ( $this->is_in( $table, $columns ) ) {
				return true;
			}
		}
		return null === $this->since && $this->is_in_other_tables();
	}

	/** Whether a post has it as its image. */
	private function is_featured() {
		global $wpdb;
		$sql = "SELECT 1 FROM $wpdb->postmeta WHERE meta_key = '_thumbnail_id' AND meta_value = %s LIMIT 1";
		return (bool) $wpdb->get_var( $wpdb->prepare( $sql, $this->id ) );
	}

	/** Whether another attachment has the same file, as translations of one do. */
	private function is_shared() {
		global $wpdb;
		$sql = "SELECT 1 FROM $wpdb->postmeta WHERE meta_key = '_wp_attached_file' AND meta_value = %s AND post_id <> %d LIMIT 1";
		return '' !== $this->file && (bool) $wpdb->get_var( $wpdb->prepare( $sql, $this->file, $this->id ) );
	}

	/** Whether it belongs to a post of others, or of another content, which may show it by `[gallery]` without naming it. */
	private function is_attached_elsewhere() {
		$parent = (int) get_post_field( 'post_parent', $this->id, 'raw' );
		if ( ! $parent || ! Posts::row( $parent ) ) {
			return false;
		}
		$meta = Posts::meta( $parent );
		return ( $meta[ Posts::CONTENT_ID ] ?? $meta[ Posts::GALLERY_OF ] ?? '' ) !== ( Posts::meta( $this->id )[ Attachments::CONTENT ] ?? '' );
	}

	/** Whether a person has filed it, has cropped it, or has given it a field of his own; what optimisers note is none. */
	private function is_edited() {
		if ( $this->numbers && $this->is_filed() ) {
			return true;
		}
		foreach ( Posts::meta( $this->id ) as $key => $value ) {
			$is_field = '_' !== $key[0] && ! preg_match( '/' . Other_Tables::OPTIMISERS . '|igny8/i', $key );
			if ( '' !== $value && ( '_wp_attachment_backup_sizes' === $key || $is_field ) ) {
				return true;
			}
		}
		return false;
	}

	/** Whether it has terms: but for kinds that people never see, as languages are. */
	private function is_filed() {
		global $wpdb;
		$sql = "SELECT x.taxonomy FROM $wpdb->term_relationships r JOIN $wpdb->term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id WHERE r.object_id = %d";
		return (bool) array_diff( $wpdb->get_col( $wpdb->prepare( $sql, $this->id ) ), get_taxonomies( array( 'show_ui' => false ) ) );
	}

	/** One table of WordPress's. */
	private function is_in( $table, array $columns ) {
		global $wpdb;
		return Look::finds( $wpdb->$table . ' WHERE ' . $this->others( $table ) . ' AND ' . self::any( $columns, $this->needles() ) );
	}

	/** Tables of other plugins, where bare numbers and addresses of pages are of anything. */
	private function is_in_other_tables() {
		$names = $this->file_names();
		foreach ( $names ? Other_Tables::columns() : array() as $table => $columns ) {
			if ( Look::finds( "$table WHERE " . self::any( $columns, $names ) ) ) {
				return true;
			}
		}
		return false;
	}

	/** SQL: one of the columns has one of the needles; a plain search first, which is cheap. */
	private static function any( array $columns, array $needles ) {
		global $wpdb;
		$matches = array();
		foreach ( $needles as $needle => $pattern ) {
			foreach ( $columns as $column ) {
				$matches[] = $wpdb->prepare( "( $column LIKE %s AND $column REGEXP %s )", '%' . $wpdb->esc_like( $needle ) . '%', $pattern );
			}
		}
		return '( ' . implode( ' OR ', $matches ) . ' )';
	}

	/** What to search for → how it stands there. */
	private function needles() {
		$needles  = $this->numbers ? array( (string) $this->id => Mention::of_id( $this->id ) ) : array( "wp-image-$this->id" => "wp-image-$this->id([^0-9]|\$)" );
		$needles += $this->file_names();

		$slug = (string) get_post_field( 'post_name', $this->id, 'raw' );
		if ( '' !== $slug ) {
			$needles[ $slug ] = ( isset( $needles[ $slug ] ) ? $needles[ $slug ] . '|' : '' ) . Mention::of_page( $slug );
		}
		return $needles;
	}

	/** Its file's name → how it stands there. */
	private function file_names() {
		$names = array();
		$base  = preg_replace( '/(-scaled|-rotated)?\.[a-z0-9]+$/i', '', wp_basename( $this->file ) );
		foreach ( '' === $base ? array() : array_unique( array( $base, rawurlencode( $base ) ) ) as $name ) {
			$names[ $name ] = Mention::of_file( $name, $this->endings() );
		}
		return $names;
	}

	/** How its file and sizes may end; `team.jpg` is no use of `team.png`. Optimisers make the last two of either. */
	private function endings() {
		$data  = wp_get_attachment_metadata( $this->id, true );
		$sizes = is_array( $data ) && is_array( $data['sizes'] ?? null ) ? wp_list_pluck( $data['sizes'], 'file' ) : array();
		$files = array_merge( array( $this->file, is_array( $data ) ? $data['original_image'] ?? '' : '' ), $sizes );
		$ends  = array_map( 'strtolower', array_map( array( self::class, 'ending' ), $files ) );
		return array_unique( array_filter( array_merge( $ends, array( 'webp', 'avif' ) ) ) );
	}

	/** A file's name after its last dot. */
	private static function ending( $file ) {
		return preg_replace( '/[^a-z0-9]/i', '', pathinfo( (string) $file, PATHINFO_EXTENSION ) );
	}

	/** SQL: rows that are not the attachment's own, nor notes of WordPress and of ours. */
	private function others( $table ) {
		global $wpdb;
		switch ( $table ) {
			case 'posts':
				return $wpdb->prepare( "ID <> %d AND ( post_type <> 'revision' OR post_name LIKE %s ) AND ", $this->id, '%-autosave-v1' ) . Look::written_since( $this->since );
			case 'postmeta':
				return $wpdb->prepare( 'post_id <> %d AND ', $this->id ) . self::is_no_note( 'meta_key' );
			case 'termmeta':
			case 'usermeta':
			case 'commentmeta':
				return self::is_no_note( 'meta_key' );
			case 'options':
				return self::is_no_note( 'option_name' ) . " AND option_name NOT IN ( '" . implode( "', '", self::COUNTS ) . "' ) AND option_name NOT LIKE '%\\_transient\\_%'";
			default:
				return '1 = 1';
		}
	}

	/** SQL: a row of this name may be about an image. */
	private static function is_no_note( $column ) {
		global $wpdb;
		$names = implode( ',', array_fill( 0, count( self::NO_USE ), '%s' ) );
		return $wpdb->prepare( "$column NOT IN ( $names ) AND $column NOT LIKE %s AND $column NOT LIKE %s", array_merge( self::NO_USE, array( $wpdb->esc_like( '_igny8_' ) . '%', $wpdb->esc_like( 'igny8_' ) . '%' ) ) );
	}
}
