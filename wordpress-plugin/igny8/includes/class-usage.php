<?php
/**
 * Whether the site shows an attachment anywhere.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- one look into every table that may name an attachment; every value is prepared.

/**
 * Looks for an attachment's id and file name wherever a site keeps them: posts of every status,
 * blocks, widgets and menus, meta of posts, terms, users and comments, options. Something that
 * only looks like a mention keeps the attachment as well.
 */
final class Usage {

	/** The attachment. @var int */
	private $id;
	/** Matches its id as a number of its own. @var string */
	private $number;
	/** Matches its file and every size of it, for LIKE; '' without a file. @var string */
	private $file;

	/**
	 * For one attachment.
	 *
	 * @param int $id The attachment.
	 */
	public function __construct( $id ) {
		global $wpdb;
		$name         = preg_replace( '/(-scaled|-rotated)?\.[a-z0-9]+$/i', '', (string) get_post_meta( $id, '_wp_attached_file', true ) );
		$this->id     = (int) $id;
		$this->number = "(^|[^0-9])$this->id([^0-9]|\$)";
		$this->file   = '' === $name ? '' : '%' . $wpdb->esc_like( wp_basename( $name ) ) . '%';
	}

	/** Whether anything but the attachment itself and old versions of texts mentions it. */
	public function is_found() {
		global $wpdb;
		$own   = $wpdb->prepare( 'AND post_id <> %d', $this->id );
		$posts = $wpdb->prepare( "AND ID <> %d AND ( post_type <> 'revision' OR post_name LIKE %s )", $this->id, '%-autosave-v1' );
		return $this->is_in( $wpdb->posts, 'post_content', $posts )
			|| $this->is_in( $wpdb->posts, 'post_excerpt', $posts )
			|| $this->is_in( $wpdb->postmeta, 'meta_value', $own )
			|| $this->is_in( $wpdb->termmeta, 'meta_value' )
			|| $this->is_in( $wpdb->usermeta, 'meta_value' )
			|| $this->is_in( $wpdb->commentmeta, 'meta_value' )
			|| $this->is_in( $wpdb->options, 'option_value' );
	}

	/** One column. */
	private function is_in( $table, $column, $more = '' ) {
		global $wpdb;
		$match = $wpdb->prepare( "$column REGEXP %s", $this->number );
		if ( '' !== $this->file ) {
			$match .= $wpdb->prepare( " OR $column LIKE %s", $this->file );
		}
		return (bool) $wpdb->get_var( "SELECT 1 FROM $table WHERE ( $match ) $more LIMIT 1" );
	}
}
