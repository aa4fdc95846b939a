<?php
/**
 * The last act.
 *
 * @package Igny8
 */

namespace Igny8\Publish;

use Igny8\Media\Attachments;
use Igny8\Posts\Baseline;
use Igny8\Claim\Claim;
use Igny8\Database\Cache_Trail;
use Igny8\Posts\Gallery;
use Igny8\Posts\Post_Change;
use Igny8\Posts\Known;
use Igny8\Posts\Posts;
use Igny8\Posts\Saving;
use Igny8\Problem;
use Igny8\Rest\Routes;
use Igny8\Database\Transaction;

defined( 'ABSPATH' ) || exit;

/**
 * What is left to do once post and answer are committed. Until all of it is public it can be taken
 * back, and afterwards only gone on with, by this request or the next.
 */
final class Finish {

	/** Columns in which people write. */
	const WORDS = array(
		'post_title'   => '',
		'post_content' => '',
		'post_excerpt' => '',
	);

	/** Whose content. @var string */
	private $installation;
	/** The committed answer. @var array */
	private $data;
	/** What comes to its end, the gallery post first. @var int[] */
	private $posts;
	/** Rows as they were committed, of the posts that began to get their status: id → row. @var object[] */
	private $stood = array();
	/** All of it stands as it is to stand: nothing is taken back any more. @var bool */
	private $is_public = false;

	/**
	 * For one publication.
	 *
	 * @param string $installation Whose content.
	 * @param array  $data         The committed answer.
	 */
	public function __construct( $installation, array $data ) {
		$this->installation = $installation;
		$this->data         = $data;
		$this->posts        = array_filter( array( $this->gallery_id(), $this->post_id() ) );
	}

	/**
	 * For the publication of a dead request: what nobody has hidden or deleted since.
	 *
	 * @param string $installation Whose content.
	 * @param array  $data         The committed answer.
	 * @return self|null Null: a person has taken the post away. Who publishes next is told.
	 */
	public static function after_death( $installation, array $data ) {
		$finish = new self( $installation, $data );
		$row    = Posts::row( $finish->post_id() );
		if ( ! $row ) {
			return null;
		}
		$meta    = Posts::meta( $finish->post_id() );
		$edits   = wp_list_pluck( Baseline::left( $row, $meta )->differences( Baseline::now( $row, $meta ), $row ), 'field' );
		$without = $finish->gallery_id() && ! self::may_go_public( $finish->gallery_id(), in_array( Baseline::GALLERY . 'status', $edits, true ) );
		if ( $finish->status() !== $row->post_status && ( $without || in_array( 'status', $edits, true ) ) ) {
			return null;
		}
		if ( $without ) {
			$finish->posts = array( $finish->post_id() );
		}
		return $finish;
	}

	/** Whether a gallery post is public, or a draft as we left it. */
	private static function may_go_public( $id, $is_edited ) {
		$row = Posts::row( $id );
		return $row && ( 'publish' === $row->post_status || ( 'draft' === $row->post_status && ! $is_edited ) );
	}

	/** The status that the posts are to have; a plugin of before made all of them public. */
	private function status() {
		return $this->data['post_status'] ?? 'publish';
	}

	/** The post. */
	private function post_id() {
		return (int) $this->data['post_id'];
	}

	/** The separate gallery post, or 0. */
	private function gallery_id() {
		return (int) ( $this->data['gallery']['gallery_overflow_post_id'] ?? 0 );
	}

	/** Whether all of it stands as it is to stand, which is public as a rule: from then on nothing is taken back. */
	public function is_public() {
		return $this->is_public;
	}

	/**
	 * Goes public, or gets the status that was asked for, and remembers what that changed: after a death somebody may have edited the post
	 * before this. May be run again.
	 *
	 * @throws Problem POST_PUBLISH_FAILED, and all stands as it was committed.
	 */
	public function run() {
		$before = Baseline::standing( $this->post_id() );
		$this->go_public();
		$this->remember( $before );
	}

	/** Once the publication is done, whatever others do: clears away what the post no longer uses. */
	public function clear_away( Claim $claim ) {
		if ( 'updated' === $this->data['result'] ) {
			self::harmless(
				function () use ( $claim ) {
					$this->remove_leftovers( $claim );
				}
			);
		}
	}

	/** What other plugins keep us from reading counts as unchanged; that it is public, we know. */
	private function remember( ?Baseline $before ) {
		try {
			Known::follow( $this->post_id(), $before );
		} catch ( Problem $problem ) {
			throw $problem;
		} catch ( \Throwable $error ) {
			Routes::internal( $error );
			Known::follow( $this->post_id(), null, $this->gallery_id() ? $this->status() : null );
		}
	}

	/**
	 * What breaks here is no part of the publication.
	 *
	 * @param callable $act What is done.
	 */
	public static function harmless( callable $act ) {
		try {
			$act();
		} catch ( \Throwable $error ) {
			Routes::internal( $error );
		}
	}

	/** All of them; where one is refused, all stand as they were committed. */
	private function go_public() {
		try {
			foreach ( $this->posts as $post_id ) {
				$this->stood[ $post_id ] = $this->stood[ $post_id ] ?? Posts::row( $post_id );
				$this->give_status( $post_id );
			}
			$this->is_public = true;
		} finally {
			if ( ! $this->is_public ) {
				$this->step_back();
			}
		}
	}

	/** Whether the request was ended while a post got its status, and it has not. */
	public function is_refused() {
		foreach ( $this->stood as $post_id => $stood ) {
			$now = Posts::row( $post_id );
			if ( ! $now || $this->status() !== $now->post_status ) {
				return true;
			}
		}
		return false;
	}

	/** Back to what was committed, from which the undo list knows the way; whatever it was that refused has changed columns. Words are a person's. */
	public function step_back() {
		global $wpdb;
		foreach ( array_filter( $this->stood ) as $post_id => $stood ) {
			$now  = (array) Posts::row( $post_id );
			$back = $now ? array_diff_assoc( (array) $stood, $now ) : array();
			if ( array_intersect_key( $back, self::WORDS ) ) {
				$back = array_diff_key( $back, self::WORDS, array_flip( Post_Change::MOMENT ) );
			}
			if ( $back ) {
				$wpdb->update( $wpdb->posts, $back, array( 'ID' => $post_id ) + array_intersect_key( $now, $back ) ); // phpcs:ignore WordPress.DB -- past every hook.
				Cache_Trail::clean_post( $post_id );
			}
		}
		$this->stood = array();
	}

	/**
	 * A dead request is to be taken back: its gallery post, which had gone public before its post, is a
	 * draft again, as it was committed.
	 */
	public static function take_gallery_back( array $data ) {
		global $wpdb;
		$finish  = new self( '', $data );
		$row     = Posts::row( $finish->post_id() );
		$gallery = Posts::row( $finish->gallery_id() );
		$was     = $row ? Baseline::left( $row, Posts::meta( (int) $row->ID ) )->gallery_status() : '';
		if ( $gallery && 'draft' === $was && ! Posts::is_public( $row ) ) {
			$wpdb->update( $wpdb->posts, array( 'post_status' => $was ), array( 'ID' => $gallery->ID, 'post_status' => 'publish' ) ); // phpcs:ignore WordPress -- past every hook.
			Cache_Trail::clean_post( (int) $gallery->ID );
		}
	}

	/** Publishes a draft, or hides it as was asked for; its hooks see a finished post. */
	private function give_status( $post_id ) {
		$status = $this->status();
		Posts::unmark( $post_id );
		if ( get_post_status( $post_id ) === $status ) {
			return;
		}
		// The first revision would only repeat the post.
		$revision = has_action( 'wp_after_insert_post', 'wp_save_post_revision_on_insert' );
		remove_action( 'wp_after_insert_post', 'wp_save_post_revision_on_insert', (int) $revision );
		try {
			if ( 'publish' === $status ) {
				wp_publish_post( $post_id );
			} else {
				Saving::as_draft( $post_id, $status );
			}
		} catch ( \Throwable $error ) {
			// Another plugin failed while it was told: what counts is whether the post is public.
			Routes::internal( $error );
		} finally {
			if ( false !== $revision ) {
				add_action( 'wp_after_insert_post', 'wp_save_post_revision_on_insert', $revision, 3 );
			}
		}
		Transaction::end_others();
		$row = Posts::row( $post_id );
		if ( ! $row || $row->post_status !== $status ) {
			throw new Problem( 'POST_PUBLISH_FAILED', 'publish' === $status ? 'WordPress did not make the post public.' : 'WordPress did not keep the post from the public.', 'seo_metadata', array( 'post_status' => $row ? $row->post_status : null ) );
		}
	}

	/** Removes images and a gallery post of the version before that nobody uses. */
	private function remove_leftovers( Claim $claim ) {
		$content_id = (int) $this->data['content_id'];
		$old        = Posts::overflow_of( $this->installation, $content_id );
		if ( $old && $old !== $this->gallery_id() && Known::gallery_has_our_fields( $this->post_id() ) ) {
			Gallery::put_away( $old, $claim );
			Known::follow_gallery( $this->post_id(), (string) get_post_status( $old ) );
		}
		$meta = Posts::meta( $this->post_id() );
		Attachments::remove_unused( $claim, array_map( 'intval', (array) json_decode( $meta[ Posts::IMAGES ] ?? '[]' ) ) );
	}
}
