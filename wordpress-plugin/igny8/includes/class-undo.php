<?php
/**
 * What a publication has begun, so that it can be taken back.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- looks rows up that WordPress has no function for; every value is prepared.

/**
 * A list of acts, each noted before it is done. A live request adds the ids that came of them
 * and undoes by id only; after a death the acts are found again by what was noted.
 */
final class Undo {

	/** Acts in the order they were begun. @var array[] */
	private $acts = array();

	/** Restores a list out of the row. */
	public static function from_json( $json ) {
		$undo       = new self();
		$undo->acts = (array) json_decode( (string) $json, true );
		return $undo;
	}

	/** For the row. */
	public function to_json() {
		return $this->acts ? wp_json_encode( $this->acts, JSON_UNESCAPED_SLASHES ) : '';
	}

	/** Whether nothing was begun. */
	public function is_empty() {
		return ! $this->acts;
	}

	/** An attachment will be made, with this guid and file. */
	public function will_attach( $guid, $file ) {
		$this->acts[ 'attachment ' . $guid ] = array(
			'act'  => 'attachment',
			'guid' => $guid,
			'file' => $file,
		);
	}

	/** Its file begins to be written by this request. */
	public function writes_file( $guid ) {
		$this->acts[ 'attachment ' . $guid ]['written'] = true;
	}

	/** It was made. */
	public function attached( $guid, $id ) {
		$this->acts[ 'attachment ' . $guid ]['id'] = $id;
	}

	/** A term will be created; none of its kind has an id above $last yet. */
	public function will_create_term( $taxonomy, $slug, $name, $last ) {
		$this->acts[ "term $taxonomy $slug $name" ] = array(
			'act'      => 'term',
			'taxonomy' => $taxonomy,
			'slug'     => $slug,
			'name'     => $name,
			'last'     => $last,
		);
	}

	/** It was created; 0: it was there already. */
	public function created_term( $taxonomy, $slug, $name, $id ) {
		if ( $id ) {
			$this->acts[ "term $taxonomy $slug $name" ]['id'] = $id;
		} else {
			unset( $this->acts[ "term $taxonomy $slug $name" ] );
		}
	}

	/** A post was created. */
	public function created_post( $id ) {
		$this->acts[ "post $id" ] = array(
			'act' => 'post',
			'id'  => $id,
		);
	}

	/** A post is about to be changed. */
	public function will_change( Snapshot $snapshot ) {
		$this->acts[ 'restore ' . $snapshot->rows['post']['ID'] ] = array(
			'act'      => 'restore',
			'snapshot' => $snapshot->rows,
		);
	}

	/** The changes of posts are out in public: there is no way back. */
	public function changes_are_public() {
		foreach ( $this->acts as $key => $act ) {
			if ( 'restore' === $act['act'] ) {
				unset( $this->acts[ $key ] );
			}
		}
	}

	/** The database has forgotten the post's changes by itself. */
	public function transaction_rolled_back() {
		foreach ( $this->acts as $key => $act ) {
			if ( 'post' === $act['act'] || 'restore' === $act['act'] ) {
				unset( $this->acts[ $key ] );
			}
		}
	}

	/** Takes back, last act first, what this very request did. */
	public function run_own() {
		$this->run( false );
	}

	/** Takes back, last act first, what a dead request may have done. */
	public function run_for_dead() {
		$this->run( true );
	}

	/** Each act's reverse; doing it twice does no harm. */
	private function run( $search ) {
		foreach ( array_reverse( $this->acts ) as $act ) {
			switch ( $act['act'] ) {
				case 'post':
					wp_delete_post( $act['id'], true );
					break;
				case 'restore':
					( new Snapshot( $act['snapshot'] ) )->restore();
					break;
				case 'attachment':
					self::remove_attachment( $act, $search );
					break;
				case 'term':
					self::remove_term( $act, $search );
					break;
			}
		}
		$this->acts = array();
	}

	/** The attachment, and after a death every file that belongs to its name. */
	private static function remove_attachment( array $act, $search ) {
		global $wpdb;
		$id = $act['id'] ?? 0;
		if ( ! $id && $search ) {
			$id = (int) $wpdb->get_var( $wpdb->prepare( "SELECT ID FROM $wpdb->posts WHERE post_type = 'attachment' AND guid = %s", $act['guid'] ) );
		}
		if ( $id ) {
			wp_delete_attachment( $id, true );
		}
		if ( $id || $search || ! empty( $act['written'] ) ) {
			Attachments::remove_files( $act['file'] );
		}
	}

	/** The term, if nothing uses it and nobody else can begin to. */
	private static function remove_term( array $act, $search ) {
		global $wpdb;
		$id = $act['id'] ?? 0;
		if ( ! $id && $search ) {
			$sql = "SELECT t.term_id FROM $wpdb->terms t JOIN $wpdb->term_taxonomy x ON x.term_id = t.term_id
				WHERE x.taxonomy = %s AND t.term_id > %d AND (t.slug = %s OR t.name = %s) LIMIT 1";
			$id  = (int) $wpdb->get_var( $wpdb->prepare( $sql, $act['taxonomy'], $act['last'], $act['slug'], $act['name'] ) );
		}
		if ( $id ) {
			Terms::remove_unused( $id, $act['taxonomy'] );
		}
	}
}
