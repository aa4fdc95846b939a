<?php
/**
 * Writing a post with everything that belongs to it.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Claim\Claim;
use Igny8\Database\Database;
use Igny8\Publish\Intention;
use Igny8\Options;
use Igny8\Publish\Plan;
use Igny8\Problem;
use Igny8\Rest\Publish_Request;
use Igny8\Seo\Seo;
use Igny8\Database\Transaction_Lost;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- our own private meta in one statement; every value is prepared.

/**
 * Creates or updates one post inside the caller's transaction. A new post is a draft when this
 * ends; one that stands as it is to stand is changed by the very last statement.
 */
final class Post_Writer {

	/** The meta rows that are ours alone. */
	const META = array( '_igny8_content_id', '_igny8_installation', '_igny8_task_id', '_igny8_cluster_id', '_igny8_sector_id', '_igny8_keyword_ids', '_igny8_focus_keywords', '_igny8_content_hash', '_igny8_publish_key', '_igny8_last_published', '_igny8_sequence', '_igny8_stored_hash', '_igny8_images', '_igny8_gallery', '_igny8_slug', Posts::ITSELF, Posts::COMMENTS );

	/** What is done. @var Plan */
	private $plan;
	/** For the undo list. @var Claim */
	private $claim;

	/** The post. @var int */
	public $post_id = 0;
	/** Its number in the post's history. @var int */
	public $sequence;
	/** What the author may not publish. @var string[] */
	public $removed_html = array();
	/** The separate gallery post, or 0. @var int */
	public $overflow_id = 0;
	/** Of a new post. @var string */
	private $mark;
	/** The post and the gallery post as they were, where they are to be changed. @var Snapshot[] */
	private $snapshots = array();
	/** What is noted of them. @var Intention */
	private $intention;

	/**
	 * For one publication.
	 *
	 * @param Plan  $plan  What is done.
	 * @param Claim $claim For the undo list.
	 */
	public function __construct( Plan $plan, Claim $claim ) {
		$this->plan     = $plan;
		$this->claim    = $claim;
		$earlier        = $claim->previous ? json_decode( $claim->previous['result'], true ) : array();
		$this->sequence = 1 + max( (int) ( $plan->meta['_igny8_sequence'] ?? 0 ), (int) ( $earlier['sequence'] ?? 0 ) );
	}

	/**
	 * Before the transaction: notes what it will make and change.
	 *
	 * @throws Transaction_Lost When a post that was there is gone.
	 */
	public function announce() {
		$undo     = $this->claim->undo;
		$overflow = $this->plan->images->overflow && 'separate_post' === Options::gallery_overflow();
		$existing = array_filter( array( $this->plan->row ? (int) $this->plan->row->ID : 0, $overflow ? Gallery::existing( $this->plan ) : 0 ) );

		$this->mark      = Marks::fresh();
		$this->snapshots = array_map( array( Snapshot::class, 'of' ), $existing );
		foreach ( $this->snapshots as $snapshot ) {
			if ( ! $snapshot->rows['post'] ) {
				throw new Transaction_Lost( 'the post was removed by another request' );
			}
			$undo->will_change( $snapshot );
		}
		$this->intend( $existing );
		if ( ! $this->plan->row ) {
			$undo->will_create_post( $this->mark, $this->columns( $this->own_content(), $this->slug() ), Intention::beside( $this->plan ) );
		}
		if ( $overflow ) {
			$undo->will_create_post( $this->gallery_mark(), Gallery::anew( $this->plan ), Gallery::NOTHING_BESIDE );
		}
		$this->claim->note();
	}

	/** Notes what will stand in the posts that are there. */
	private function intend( array $existing ) {
		$this->intention = new Intention( $this->claim->undo, array_map( 'intval', $existing ) );
		foreach ( $existing as $id ) {
			if ( ! $this->plan->row || (int) $this->plan->row->ID !== $id ) {
				$this->intention->note_gallery( $this->plan, $id );
				continue;
			}
			$this->post_id = $id;

			$this->intention->note_post( $this->plan, $this->columns( $this->own_content(), $this->kept_slug() ) );
		}
	}

	/** The text as it will stand there, but for a link to the gallery post. */
	private function own_content() {
		$inline = $this->plan->images->overflow && 'inline' === Options::gallery_overflow();
		return $this->plan->content()[0] . ( $inline ? Gallery::inline( $this->plan->images ) : '' );
	}

	/**
	 * Writes it.
	 *
	 * @throws Problem POST_CREATION_FAILED, POST_UPDATE_FAILED, SEO_WRITE_FAILED.
	 * @throws Transaction_Lost When somebody changed the post after it was announced.
	 */
	public function write() {
		foreach ( $this->snapshots as $snapshot ) {
			if ( ! $snapshot->is_current() ) {
				throw new Transaction_Lost( 'the post was changed by another request' );
			}
		}
		add_filter( 'wp_insert_post_data', array( $this->intention, 'keep' ), PHP_INT_MAX, 2 );
		try {
			$this->write_all( $this->content() );
		} finally {
			remove_filter( 'wp_insert_post_data', array( $this->intention, 'keep' ), PHP_INT_MAX );
		}
	}

	/** The post with everything. */
	private function write_all( $content ) {
		if ( $this->plan->row ) {
			$this->post_id = (int) $this->plan->row->ID;
			Posts::take_out_of_trash( $this->post_id );
			$this->write_parts();
			$this->update( $content );
		} else {
			$this->create( $content );
			$this->write_parts();
		}
		$this->write_stored_hash();
	}

	/** Of a new gallery post. */
	private function gallery_mark() {
		return $this->mark . '-gallery';
	}

	/** The text with the gallery's addition. */
	private function content() {
		list( $content, $this->removed_html ) = $this->plan->content();
		if ( ! $this->plan->images->overflow ) {
			return $content;
		}
		switch ( Options::gallery_overflow() ) {
			case 'inline':
				return $content . Gallery::inline( $this->plan->images );
			case 'separate_post':
				$this->overflow_id = Gallery::write_post( $this->plan, $this->claim, $this->gallery_mark() );
				return $content . Gallery::link( $this->overflow_id );
			default:
				return $content;
		}
	}

	/** Columns that a new and a changed post share. */
	private function columns( $content, $slug ) {
		return array(
			'post_title'    => $this->plan->title,
			'post_content'  => $content,
			'post_excerpt'  => $this->plan->excerpt,
			'post_name'     => $slug,
			'post_author'   => $this->plan->author->ID,
			'post_date_gmt' => $this->plan->date_gmt(),
			'post_date'     => wp_date( 'Y-m-d H:i:s', $this->plan->date ),
		);
	}

	/** A slug that nothing else has when the post goes public. */
	private function slug() {
		return wp_unique_post_slug( $this->plan->wanted_slug(), $this->post_id, 'publish', $this->plan->request->content_type, $this->plan->row ? (int) $this->plan->row->post_parent : 0 );
	}

	/** The address that an existing post has, a number at its end included, as long as no other one is asked for. */
	private function kept_slug() {
		$slug   = (string) get_post_field( 'post_name', $this->post_id, 'raw' );
		$wanted = preg_quote( $this->plan->wanted_slug(), '/' );
		$last   = $this->plan->meta['_igny8_slug'] ?? $this->plan->wanted_slug();
		$keeps  = '' === $this->plan->request->slug || ( $last === $this->plan->wanted_slug() && preg_match( "/^$wanted(-\d+)?\$/D", $slug ) );
		return '' !== $slug && $keeps ? $slug : $this->slug();
	}

	/** A new draft. */
	private function create( $content ) {
		$post = $this->columns( $content, $this->slug() );

		$post['post_type']   = $this->plan->request->content_type;
		$post['post_status'] = 'draft';

		$post[ Marks::ARGUMENT ] = $this->mark;
		if ( 'category' === $this->plan->terms->taxonomy( 'categories' ) ) {
			$post['post_category'] = $this->plan->terms->ids( 'categories' );
		}
		$id = wp_insert_post( wp_slash( $post ), true );
		if ( is_wp_error( $id ) ) {
			throw new Problem( 'POST_CREATION_FAILED', 'WordPress refused to create the post.', 'creating_post', array( 'error' => $id->get_error_message() ) );
		}
		$this->post_id = $id;
		$this->claim->undo->created_post( $this->mark, $id );
	}

	/** The last statement of an update; a post that is not public stays so until it is finished. */
	private function update( $content ) {
		$r    = $this->plan->request;
		$post = $this->columns( $content, $this->kept_slug() );

		$post['ID']          = $this->post_id;
		$post['post_type']   = $r->content_type;
		$post['post_status'] = $this->plan->status_meanwhile();
		$post['edit_date']   = true;

		$id = wp_update_post( wp_slash( $post ), true );
		if ( is_wp_error( $id ) ) {
			throw new Problem( 'POST_UPDATE_FAILED', 'WordPress refused to update the post.', 'creating_post', array( 'error' => $id->get_error_message() ) );
		}
	}

	/** Our meta first, which shows that the change has begun, terms, images, SEO. */
	private function write_parts() {
		$this->write_meta();
		$this->write_terms();
		Post_Images::write( $this->post_id, $this->plan );
		$this->adopt_attachments();
		Seo::write( $this->plan->seo, $this->post_id, $this->plan->seo->values( $this->plan->request ) );
	}

	/** Each kind into its taxonomy; a new post's categories are there already. */
	private function write_terms() {
		foreach ( Publish_Request::KINDS as $kind ) {
			$taxonomy = $this->plan->terms->taxonomy( $kind );
			$ids      = $this->plan->terms->ids( $kind );
			$is_new   = ! $this->plan->row;
			if ( ! $taxonomy || ( $is_new && ( ! $ids || 'category' === $taxonomy ) ) ) {
				continue;
			}
			$set = wp_set_object_terms( $this->post_id, $ids, $taxonomy );
			if ( is_wp_error( $set ) ) {
				throw new Problem( 'POST_UPDATE_FAILED', 'WordPress refused to assign the terms.', 'taxonomies', array( 'error' => $set->get_error_message() ) );
			}
		}
	}

	/** Nobody else's hooks need to see our private rows: one statement instead of a dozen. */
	private function write_meta() {
		global $wpdb;
		$r      = $this->plan->request;
		$values = array(
			'_igny8_content_id'     => $r->fence->content_id,
			'_igny8_installation'   => '' !== $r->fence->installation ? $r->fence->installation : null,
			'_igny8_task_id'        => $r->task_id,
			'_igny8_cluster_id'     => $r->cluster_id,
			'_igny8_sector_id'      => $r->sector_id,
			'_igny8_keyword_ids'    => $r->keyword_ids ? wp_json_encode( $r->keyword_ids ) : null,
			'_igny8_focus_keywords' => $r->focus_keywords ? wp_json_encode( $r->focus_keywords, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES ) : null,
			'_igny8_content_hash'   => $r->content_hash,
			'_igny8_publish_key'    => $r->fence->key,
			'_igny8_last_published' => Posts::utc( time() ),
			'_igny8_sequence'       => $this->sequence,
			'_igny8_images'         => $this->plan->images->used() ? wp_json_encode( $this->plan->images->attachment_ids() ) : null,
			'_igny8_gallery'        => $this->plan->images->gallery ? wp_json_encode( $this->plan->images->gallery_ids() ) : null,
			'_igny8_slug'           => $this->plan->wanted_slug(),
			Posts::ITSELF           => $this->post_id,
			Posts::COMMENTS         => $this->comments(),
		);
		if ( $this->plan->row ) {
			$keys = implode( ',', array_fill( 0, count( self::META ), '%s' ) );
			Database::run( $wpdb->prepare( "DELETE FROM $wpdb->postmeta WHERE post_id = %d AND meta_key IN ($keys)", $this->post_id, ...self::META ) );
		}
		$rows = array();
		foreach ( $values as $key => $value ) {
			if ( null !== $value ) {
				$rows[] = $wpdb->prepare( '(%d, %s, %s)', $this->post_id, $key, $value );
			}
		}
		Database::run( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES " . implode( ',', $rows ) );
		wp_cache_delete( $this->post_id, 'post_meta' );
	}

	/** Whether comments were open when the post was made; null: an older plugin made it. Later it is a person's choice. */
	private function comments() {
		return $this->plan->row ? $this->plan->meta[ Posts::COMMENTS ] ?? null : Posts::row( $this->post_id )->comment_status;
	}

	/** The new attachments belong to this post. */
	private function adopt_attachments() {
		global $wpdb;
		$ids = array();
		foreach ( $this->plan->images->used() as $image ) {
			if ( ! $image->reused ) {
				$ids[] = (int) $image->attachment_id;
			}
		}
		if ( $ids ) {
			$list = implode( ',', array_unique( $ids ) );
			Database::run( $wpdb->prepare( "UPDATE $wpdb->posts SET post_parent = %d WHERE ID IN ($list)", $this->post_id ) );
			array_map( 'clean_attachment_cache', $ids );
		}
	}

	/** The baseline against which a later edit in WordPress is noticed. */
	private function write_stored_hash() {
		global $wpdb;
		$row = Posts::row( $this->post_id );
		if ( ! $row ) {
			throw new Problem( 'POST_CREATION_FAILED', 'The post is not in the database.', 'creating_post' );
		}
		Database::run( $wpdb->prepare( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES (%d, %s, %s)", $this->post_id, Posts::STORED_HASH, Posts::stored_hash( $row ) ) );
		Known::keep( $row );
	}
}
