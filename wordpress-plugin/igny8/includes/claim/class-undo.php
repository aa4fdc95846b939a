<?php
/**
 * What a publication has begun, so that it can be taken back.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Database\Look;
use Igny8\Media\Attachments;
use Igny8\Posts\Deletion;
use Igny8\Posts\Post_Change;
use Igny8\Posts\Posts;
use Igny8\Posts\Snapshot;
use Igny8\Terms\Term_Removal;
use Igny8\Media\Upload;
use Igny8\Media\Usage;

defined( 'ABSPATH' ) || exit;

/**
 * A list of acts, each noted with its mark before it is done, so that what came of it is found again
 * even when the request never learnt its id: another plugin threw, exited, or PHP died.
 */
final class Undo {

	/** Begins a packed list. */
	const PACKED = 'gz:';

	/** Bytes. */
	const PACK_ABOVE = 65536;

	/** Acts in the order they were begun. @var array[] */
	private $acts = array();

	/** Restores a list out of the row. */
	public static function from_json( $text ) {
		$undo       = new self();
		$packed     = 0 === strpos( (string) $text, self::PACKED );
		$json       = $packed ? gzuncompress( base64_decode( substr( $text, strlen( self::PACKED ) ) ) ) : (string) $text; // phpcs:ignore WordPress.PHP -- see to_json().
		$undo->acts = (array) json_decode( $json, true );
		return $undo;
	}

	/** For the row; long texts of a post to be restored are packed, so that one statement carries them. */
	public function to_json() {
		$json = $this->acts ? wp_json_encode( $this->acts, JSON_UNESCAPED_SLASHES ) : '';
		$pack = strlen( $json ) > self::PACK_ABOVE && function_exists( 'gzcompress' );
		return $pack ? self::PACKED . base64_encode( gzcompress( $json ) ) : $json; // phpcs:ignore WordPress.PHP -- binary in a text column.
	}

	/** Whether nothing was begun. */
	public function is_empty() {
		return ! $this->acts;
	}

	/** The moment before the first act by which something can be named. */
	private function since() {
		$known = array_column( $this->acts, 'since' );
		return $known ? $known[0] : Look::moment();
	}

	/** An attachment will be made, with these files. */
	public function will_attach( Upload $upload ) {
		$this->acts[ "attachment $upload->mark" ] = array(
			'act'   => 'attachment',
			'since' => $this->since(),
		) + $upload->to_array();
	}

	/** Its file begins to be written by this request. */
	public function writes_file( $mark ) {
		$this->acts[ "attachment $mark" ]['written'] = true;
	}

	/** It was made. */
	public function attached( $mark, $id ) {
		$this->acts[ "attachment $mark" ]['id'] = $id;
	}

	/** A term will be created with this mark and name; no term has an id above $last yet, and nothing can have named it. */
	public function will_create_term( $taxonomy, $mark, $last, $name ) {
		$this->acts[ "term $mark" ] = array(
			'act'      => 'term',
			'taxonomy' => $taxonomy,
			'mark'     => $mark,
			'last'     => $last,
			'since'    => $this->since(),
			'name'     => $name,
		);
	}

	/** It was created; 0: it was there already. */
	public function created_term( $mark, $id ) {
		if ( $id ) {
			$this->acts[ "term $mark" ] = array( 'id' => $id ) + Term_Removal::words( $id ) + $this->acts[ "term $mark" ];
		} else {
			unset( $this->acts[ "term $mark" ] );
		}
	}

	/**
	 * A post will be created with this mark; so it is told from one that a person works on.
	 *
	 * @param string $mark    Its mark.
	 * @param array  $columns Column → value.
	 * @param array  $more    Keys terms and seo of People; since is added.
	 */
	public function will_create_post( $mark, array $columns, array $more ) {
		$this->acts[ "post $mark" ] = array(
			'act'   => 'post',
			'mark'  => $mark,
			'wrote' => array_map( 'sha1', array_intersect_key( $columns + Post_Change::EMPTY_COLUMNS, array_flip( Post_Change::TOLD_BY ) ) ),
			'more'  => $more + array( 'since' => $this->since() ),
		);
	}

	/** It was created. */
	public function created_post( $mark, $id ) {
		$this->acts[ "post $mark" ]['id'] = $id;
	}

	/** A post is about to be changed. */
	public function will_change( Snapshot $snapshot ) {
		$this->acts[ 'restore ' . $snapshot->rows['post']['ID'] ] = array(
			'act'      => 'restore',
			'snapshot' => $snapshot->rows,
		);
	}

	/**
	 * In this way; so the change is told from one that a person makes.
	 *
	 * @param int   $post_id The post.
	 * @param array $columns Column → value.
	 * @param array $more    Keys key, last, meta, terms, seo of Post_Change.
	 */
	public function will_write( $post_id, array $columns, array $more = array() ) {
		$wrote = $more + ( $this->acts[ "restore $post_id" ]['wrote'] ?? array() );
		foreach ( $columns as $column => $value ) {
			$wrote['columns'][ $column ][] = sha1( $value );
		}
		$this->acts[ "restore $post_id" ]['wrote'] = $wrote;
	}

	/** A post or an attachment is about to be deleted for good. */
	public function will_delete( Snapshot $snapshot ) {
		$this->acts[ 'delete ' . $snapshot->rows['post']['ID'] ] = array(
			'act'      => 'delete',
			'snapshot' => $snapshot->rows,
		);
	}

	/** It was deleted. */
	public function deleted( $id ) {
		unset( $this->acts[ "delete $id" ] );
	}

	/** Id → rows of what was about to be deleted. */
	public function deletions() {
		$snapshots = array();
		foreach ( $this->acts as $act ) {
			if ( 'delete' === $act['act'] ) {
				$snapshots[ $act['snapshot']['post']['ID'] ] = $act['snapshot'];
			}
		}
		return $snapshots;
	}

	/** Puts back what deletions that did not come to their end have taken. */
	public function put_back_deleted() {
		foreach ( $this->deletions() as $id => $rows ) {
			Deletion::put_back( $rows );
			$this->deleted( $id );
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

	/**
	 * The database did not forget them by itself.
	 *
	 * @param bool $lost Another request has taken over: the old post is its business, a new one is ours.
	 */
	public function put_posts_back( $lost = false ) {
		foreach ( array_reverse( $this->acts ) as $act ) {
			if ( 'post' === $act['act'] ) {
				self::remove_post( $act, false );
			} elseif ( 'restore' === $act['act'] && ! $lost ) {
				self::restore( $act, false );
			}
		}
		$this->transaction_rolled_back();
	}

	/** Takes back, last act first, what this very request did. */
	public function run_own() {
		$this->run( false );
	}

	/** Takes back, last act first, what a dead request may have done; since then a person may have come. */
	public function run_for_dead() {
		$this->run( true );
	}

	/** Each act's reverse; doing it twice does no harm. */
	private function run( $dead ) {
		foreach ( array_reverse( $this->acts ) as $act ) {
			switch ( $act['act'] ) {
				case 'post':
					self::remove_post( $act, $dead );
					break;
				case 'restore':
					self::restore( $act, $dead );
					break;
				case 'attachment':
					self::remove_attachment( $act, $dead );
					break;
				case 'term':
					self::remove_term( $act );
					break;
			}
		}
		$this->acts = array();
	}

	/** The post, if it was made; one that a person has begun to use is his. */
	private static function remove_post( array $act, $dead ) {
		$id  = $act['id'] ?? ( isset( $act['mark'] ) ? Posts::with_mark( $act['mark'] ) : 0 );
		$row = $id ? Posts::row( $id ) : null;
		$ask = array( Post_Change::class, $dead ? 'is_untouched' : 'is_as_written' );
		if ( $row && ! $ask( $row, $act['wrote'] ?? array(), $act['more'] ?? null ) ) {
			Posts::give_away( $id );
		} elseif ( $id ) {
			wp_delete_post( $id, true );
			Posts::remove_orphans( $id );
		}
	}

	/** Of the post as it was, what nobody else has changed since. */
	private static function restore( array $act, $dead ) {
		( new Post_Change( $act['snapshot'], $act['wrote'] ?? array() ) )->take_back( $dead );
	}

	/**
	 * The attachment with its files; those of a list of an older plugin, which has no marks, stay, and
	 * so does what the site has begun to use. Of a living request's only what names it counts.
	 */
	private static function remove_attachment( array $act, $dead ) {
		if ( ! isset( $act['mark'] ) ) {
			return;
		}
		$id = $act['id'] ?? Attachments::with_mark( $act['mark'] );
		if ( $id && ( new Usage( $id, $dead, $act['since'] ?? null ) )->is_found() ) {
			return;
		}
		if ( $id ) {
			wp_delete_attachment( $id, true );
		}
		( new Upload( $act ) )->remove( $id || ! empty( $act['written'] ) );
	}

	/** The term, if it is as we made it, nothing uses it and nobody else can begin to. */
	private static function remove_term( array $act ) {
		$id = $act['id'] ?? ( isset( $act['mark'] ) ? Term_Removal::with_mark( $act['mark'], $act['last'] ) : 0 );
		if ( $id ) {
			Term_Removal::remove_unused( $id, $act['taxonomy'], array_intersect_key( $act, array_flip( array( 'name', 'slug' ) ) ), $act['since'] ?? null );
		}
	}
}
