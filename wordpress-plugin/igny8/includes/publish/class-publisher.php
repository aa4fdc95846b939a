<?php
/**
 * The atomic publish.
 *
 * @package Igny8
 */

namespace Igny8\Publish;

use Igny8\Rest\Answer;
use Igny8\Claim\Claim;
use Igny8\Claim\Claim_Lost;
use Igny8\Database\Database;
use Igny8\Database\Locks;
use Igny8\Rest\Output;
use Igny8\Posts\Post_Writer;
use Igny8\Posts\Saving;
use Igny8\Problem;
use Igny8\Rest\Progress;
use Igny8\Rest\Publish_Request;
use Igny8\Claim\Recovery;
use Igny8\Rest\Routes;
use Igny8\Database\Transaction;
use Igny8\Database\Transaction_Lost;

defined( 'ABSPATH' ) || exit;

/**
 * One publication: checks, images and terms with their undo noted, a short transaction around
 * the post, and the post goes public as the last act.
 */
final class Publisher {

	/** How often a transaction that lost against another one is tried. */
	const TRIES = 4;

	/** What is asked. @var Publish_Request */
	private $request;
	/** The right to do it. @var Claim */
	private $claim;
	/** What is done. @var Plan|null */
	private $plan = null;
	/** Who writes the post. @var Post_Writer|null */
	private $writer = null;
	/** Who is told. @var Progress */
	private $progress;
	/** Data of the answer once the post is committed: whoever holds the claim finishes it, nobody undoes it unasked. @var array|null */
	private $committed = null;
	/** Makes it public. @var Finish|null */
	private $finish = null;
	/** It has succeeded, and the row says so. @var bool */
	private $is_done = false;

	/**
	 * POST publish-content/.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @return array Status and data.
	 * @throws Problem Any of the contract.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$publisher           = new self();
		$publisher->request  = Publish_Request::read( $http );
		$publisher->progress = new Progress( $publisher->request );
		return $publisher->request->dry_run ? $publisher->rehearse() : $publisher->publish();
	}

	/** Every check, nothing written. */
	private function rehearse() {
		$plan = Plan::make( $this->request );
		try {
			if ( 'skipped' !== $plan->result() ) {
				$plan->images->load();
			}
			return array( 200, Answer::dry_run( $plan ) );
		} finally {
			$plan->images->clean_up();
		}
	}

	/** Claims the content and carries the publication out, or takes everything back. */
	private function publish() {
		ignore_user_abort( true );
		set_time_limit( $this->request->fence->time_limit + 60 );
		$this->claim = Claim::take( $this->request->fence );
		Output::on_early_end( array( $this, 'rescue' ) );
		try {
			return $this->replay() ?? $this->carry_out();
		} catch ( Claim_Lost $lost ) {
			$this->undo_uncommitted();
			throw $this->request->fence->stale( array( $this->request->fence->intent, $this->request->fence->attempt ) );
		} catch ( Problem $problem ) {
			$this->take_back();
			throw $problem;
		} catch ( \Throwable $error ) {
			$problem = Routes::internal( $error );
			$this->take_back();
			throw $problem;
		} finally {
			Output::on_early_end( null );
			$this->leave();
		}
	}

	/**
	 * Another plugin, or PHP itself, ended the request inside: what is committed is finished, unless
	 * it was kept from going public, the rest is taken back; what a dead predecessor left waits for
	 * the next attempt.
	 *
	 * @return array Status and data.
	 * @throws Problem INTERNAL_ERROR, or why it could not be finished.
	 */
	public function rescue() {
		try {
			Transaction::abort();
			if ( $this->is_done ) {
				Finish::harmless( array( $this->claim, 'put_back_deleted' ) );
				return $this->answer();
			}
			if ( $this->committed && ! ( $this->finish && $this->finish->is_refused() ) ) {
				return $this->finish_after_all();
			}
			if ( $this->finish ) {
				$this->finish->step_back();
			}
			if ( ! $this->claim->unsettled ) {
				$this->take_back();
			}
			throw Output::ended_early();
		} finally {
			$this->leave();
		}
	}

	/** Finishes, or takes back what is refused. */
	private function finish_after_all() {
		try {
			return $this->finish();
		} catch ( Problem $problem ) {
			$this->take_back();
			throw $problem;
		}
	}

	/** Gives back what only this request needed. */
	private function leave() {
		if ( $this->plan ) {
			$this->plan->images->clean_up();
		}
		wp_set_current_user( 0 );
		$this->claim->release();
	}

	/** The answer that exists already, or null. */
	private function replay() {
		if ( null === $this->claim->replay ) {
			return null;
		}
		$data = self::as_answer( $this->claim->replay );

		$data['replayed'] = true;
		return array( 200, $data );
	}

	/** The whole publication. */
	private function carry_out() {
		$finished = Recovery::settle( $this->claim );
		if ( null !== $finished ) {
			return array( 200, self::as_answer( $finished ) );
		}
		$this->progress->begin( 'validation', 'Checking the content…' );
		$this->plan = Plan::make( $this->request );
		if ( 'skipped' === $this->plan->result() ) {
			$data = Answer::skipped( $this->plan );
			$this->claim->done( $data, (int) $this->plan->row->ID );
			return array( 200, $data );
		}
		wp_set_current_user( $this->plan->author->ID );
		$this->progress->begin( 'media_processing', 'Processing images…' );
		$this->plan->images->load();
		$this->plan->images->attach( $this->claim, $this->plan->author->ID );
		$this->progress->begin( 'taxonomies', 'Preparing categories and tags…' );
		$this->plan->terms->create_missing( $this->claim );
		$this->progress->begin( 'creating_post', 'Creating WordPress post…' );
		// Terms are counted once, when the post is public.
		wp_defer_term_counting( true );
		$this->committed = Locks::with( 'slug ' . $this->plan->wanted_slug(), array( $this, 'store' ) );
		return $this->finish();
	}

	/** Goes public; may be done again. */
	private function finish() {
		$this->finish = $this->finish ?? new Finish( $this->request->fence->installation, $this->committed );
		$this->finish->run();
		self::count_terms();
		$this->claim->done();
		$this->is_done = true;
		$this->plan->images->release_staged();
		$this->finish->clear_away( $this->claim );
		return $this->answer();
	}

	/** Status and data of a publication that succeeded. */
	private function answer() {
		return array( 'created' === $this->committed['result'] ? 201 : 200, $this->committed );
	}

	/** The transaction, again when it lost against another one; slugs are chosen one at a time. */
	public function store() {
		for ( $try = 1; ; $try++ ) {
			try {
				$this->writer = new Post_Writer( $this->plan, $this->claim );
				$this->writer->announce();
				return Transaction::run( $this->claim, array( $this, 'write' ) );
			} catch ( Transaction_Lost $lost ) {
				if ( $try >= self::TRIES ) {
					throw Database::problem( $lost->getMessage() );
				}
				usleep( wp_rand( 5, 40 ) * 1000 * $try );
				$this->plan->refresh();
				$this->plan->terms->refresh();
				$this->plan->terms->create_missing( $this->claim );
			}
		}
	}

	/**
	 * Inside the transaction.
	 *
	 * @return array Post id, data of the answer.
	 */
	public function write() {
		if ( ! $this->plan->terms->hold() ) {
			throw new Transaction_Lost( 'a term was removed by another request' );
		}
		$this->plan->look_again();
		// Our own cleaning already did, and reported, what WordPress's filters would do silently.
		kses_remove_filters();
		$target_rel = has_filter( 'content_save_pre', 'wp_targeted_link_rel' );
		remove_filter( 'content_save_pre', 'wp_targeted_link_rel' );
		try {
			Saving::with_its_template( array( $this->writer, 'write' ) );
		} finally {
			kses_init();
			if ( false !== $target_rel ) {
				add_filter( 'content_save_pre', 'wp_targeted_link_rel', $target_rel );
			}
		}
		$this->progress->begin( 'seo_metadata', 'Going public…' );
		return array( $this->writer->post_id, Answer::published( $this->plan, $this->writer, $this->progress->times() ) );
	}

	/** Counts now what was put off; other plugins are told of it. */
	private static function count_terms() {
		Finish::harmless(
			static function () {
				wp_defer_term_counting( false );
			}
		);
	}

	/**
	 * Undoes what this request did, as long as that is still its right. What is public already stays:
	 * the next attempt finishes it.
	 */
	private function take_back() {
		if ( $this->finish && $this->finish->is_public() ) {
			return;
		}
		self::count_terms();
		try {
			$this->claim->begin_undo();
			$this->claim->undo->run_own();
			if ( $this->claim->unsettled ) {
				Recovery::take_back( $this->claim );
			}
			$this->claim->failed();
		} catch ( Claim_Lost $lost ) {
			$this->undo_uncommitted();
		} catch ( Problem $database_gone ) {
			// Nothing can be written now; the next attempt or the sweep finds the undo list.
			return;
		}
	}

	/** The claim is lost: the successor settles the post, which may be its own already; images and terms of ours go. */
	private function undo_uncommitted() {
		self::count_terms();
		if ( ! $this->committed ) {
			$this->claim->undo->transaction_rolled_back();
			$this->claim->undo->run_own();
		}
	}

	/** A stored answer with its objects as objects. */
	public static function as_answer( array $data ) {
		if ( isset( $data['inline_images'] ) ) {
			$data['inline_images'] = (object) $data['inline_images'];
		}
		return $data;
	}
}
