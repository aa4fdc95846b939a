<?php
/**
 * Which piece of IGNY8 a post is.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/** What WordPress's own screens say of a post that came from IGNY8. */
final class Origin {

	/** The piece's id. @var int */
	public $content_id;
	/** When it was written last, in UTC as ISO 8601; '' : not known. @var string */
	public $published_at;
	/** Whether title, text, excerpt or slug were changed here since. @var bool */
	public $is_changed;

	/** See `of`. */
	private function __construct( $content_id, $published_at, $is_changed ) {
		$this->content_id   = $content_id;
		$this->published_at = $published_at;
		$this->is_changed   = $is_changed;
	}

	/**
	 * Of a post, or null where it is not from IGNY8; a duplicate, which carries its original's meta, is not.
	 *
	 * @param \WP_Post $post As WordPress has it.
	 * @return Origin|null
	 */
	public static function of( \WP_Post $post ) {
		$content_id = (int) get_post_meta( $post->ID, Posts::CONTENT_ID, true );
		$itself     = (int) get_post_meta( $post->ID, Posts::ITSELF, true );
		if ( 0 === $content_id || ( 0 !== $itself && $itself !== $post->ID ) ) {
			return null;
		}
		$stored = (string) get_post_meta( $post->ID, Posts::STORED_HASH, true );
		return new self( $content_id, (string) get_post_meta( $post->ID, '_igny8_last_published', true ), '' !== $stored && Posts::stored_hash( $post ) !== $stored );
	}

	/** Where the piece is edited; '' where this website is not connected. */
	public function edit_url() {
		return '' === Options::app_url() ? '' : Options::app_url() . '/content/' . $this->content_id . '/edit';
	}

	/** In a few words. */
	public function word() {
		return $this->is_changed ? __( 'Changed here since', 'igny8' ) : __( 'As published', 'igny8' );
	}

	/** When it was written last, by this website's clock; '' : not known. */
	public function published() {
		$at = '' === $this->published_at ? false : strtotime( $this->published_at );
		return false === $at ? '' : wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $at );
	}
}
