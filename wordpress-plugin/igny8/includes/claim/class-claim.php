<?php
/**
 * The right to work on one content.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Database\Database;
use Igny8\Database\Locks;
use Igny8\Database\Transaction;
use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- the plugin's own table; every value is prepared.

/**
 * The row of a content, taken for one request.
 *
 * States of the row: running (nothing is visible yet, the undo list says what to remove),
 * publishing (post and result are committed, what is left to do is only to go public),
 * undoing, done, failed, abandoned. A row in the first three is owned by the request that
 * holds its claim token, until its time ends or its PHP is proven dead by its free lock.
 */
final class Claim {

	const OPEN = array( 'running', 'publishing', 'undoing' );

	/** The call. @var Fence */
	public $fence;

	/** The row as it was before this claim; null: the content is new here. @var array|null */
	public $previous;

	/** Data of the stored answer, when there is nothing to do. @var array|null */
	public $replay = null;

	/** State of the row when there is nothing to do. @var string */
	private $replayed_state = '';

	/** What has been begun. @var Undo */
	public $undo;

	/** The post of this content, 0: none known. @var int */
	public $post_id = 0;

	/** The predecessor began something that nobody has finished or taken back yet. @var bool */
	public $unsettled = false;

	/** Taken from a request that may still be running somewhere. @var bool */
	public $contested = false;

	/** Counter of the row as hold() left it. @var int */
	private $held = 0;

	/** Secret of this claim. @var string */
	private $token;

	/**
	 * Takes the content's row for this call.
	 *
	 * @param Fence $fence The call.
	 * @return self With ->replay set when the stored answer is to be given.
	 * @throws Problem STALE_ATTEMPT, IN_PROGRESS, DATABASE_ERROR.
	 */
	public static function take( Fence $fence ) {
		$claim        = new self();
		$claim->fence = $fence;
		$claim->undo  = new Undo();
		$claim->token = bin2hex( random_bytes( 16 ) );
		Proof::take( $fence->installation, $fence->content_id, $fence->proof );
		// The lock comes before the row, so a row without a held lock means a dead request.
		Locks::take( $claim->token );
		try {
			if ( ! $claim->insert() ) {
				$claim->take_existing();
			}
			if ( null !== $claim->replay ) {
				$claim->put_back_deleted();
			}
		} catch ( \Throwable $error ) {
			$claim->release();
			throw $error;
		}
		return $claim;
	}

	/** With ->replay: whether the intent succeeded; else it was given up before. */
	public function was_done() {
		return 'done' === $this->replayed_state;
	}

	/** Gives the lock back; the row keeps its state, whatever transaction somebody has left open. */
	public function release() {
		Transaction::end_others();
		Locks::release( $this->token );
	}

	/** After the end: what a deletion that did not come to its own has taken is there again. */
	public function put_back_deleted() {
		if ( $this->undo->deletions() ) {
			$this->undo->put_back_deleted();
			$this->note();
		}
	}

	/** Writes the undo list down before the acts that it names. */
	public function note() {
		$this->change( array( 'undo_list' => $this->undo->to_json() ) );
	}

	/**
	 * Inside the post's transaction: locks the row and makes sure that it is still ours.
	 *
	 * @throws Claim_Lost When another request took over.
	 */
	public function hold() {
		global $wpdb;
		$row = $wpdb->get_row( 'SELECT claim, changes FROM ' . Database::table() . ' WHERE ' . $this->fence->where() . ' FOR UPDATE' );
		if ( ! $row || $row->claim !== $this->token ) {
			throw new Claim_Lost();
		}
		$this->change( array() );
		$this->held = 1 + (int) $row->changes;
	}

	/** Whether the row still has what hold() wrote: a roll-back by somebody else takes it along. */
	public function is_as_held() {
		global $wpdb;
		$sql = 'SELECT changes FROM ' . Database::table() . ' WHERE ' . $this->fence->where() . $wpdb->prepare( ' AND claim = %s', $this->token );
		return (int) $wpdb->get_var( $sql ) === $this->held;
	}

	/**
	 * Inside the post's transaction: from its commit on, the publication is finished, and taken back
	 * only where that is refused.
	 *
	 * @param int   $post_id The post.
	 * @param array $result  Data of the answer.
	 */
	public function decide( $post_id, array $result ) {
		$this->change(
			array(
				'state'     => 'publishing',
				'post_id'   => (int) $post_id,
				'result'    => wp_json_encode( $result, JSON_UNESCAPED_SLASHES ),
				'undo_list' => $this->undo->to_json(),
			)
		);
		$this->post_id = (int) $post_id;
	}

	/** Finished: the result is what every later call of this key gets. Until somebody takes the row over, notes can follow. */
	public function done( ?array $result = null, ?int $post_id = null ) {
		$this->undo = new Undo();

		$values = array(
			'state' => 'done',
			'undo_list' => '',
		);
		if ( null !== $result ) {
			$values['result'] = wp_json_encode( $result, JSON_UNESCAPED_SLASHES );
		}
		if ( null !== $post_id ) {
			$values['post_id'] = $post_id;
		}
		$this->change( $values );
	}

	/** Undone: the next attempt begins anew. */
	public function failed( $state = 'failed' ) {
		$this->change(
			array(
				'state' => $state,
				'claim' => '',
				'undo_list' => '',
			)
		);
	}

	/** Announces the undoing of this claim's work; throws where the work is no longer ours to undo. */
	public function begin_undo() {
		$this->change( array( 'state' => 'undoing' ) );
	}

	/** The predecessor's work is settled: nothing of it is left to undo. */
	public function settled() {
		$this->previous['undo_list'] = '';
		$this->unsettled             = false;
		$this->change(
			array(
				'undo_list' => '',
				'state' => 'running',
			)
		);
	}

	/**
	 * The state in the database, as long as the claim is ours.
	 *
	 * @return string|null
	 */
	public function stored_state() {
		global $wpdb;
		return $wpdb->get_var( 'SELECT state FROM ' . Database::table() . ' WHERE ' . $this->fence->where() . $wpdb->prepare( ' AND claim = %s', $this->token ) );
	}

	/** First call about this content; false when the row exists. */
	private function insert() {
		global $wpdb;
		$f   = $this->fence;
		$sql = 'INSERT IGNORE INTO ' . Database::table() . ' (installation, content_id, publish_key, intent, attempt, seen_intent, seen_attempt, action, state, claim, claim_expires, undo_list, result, updated_at)
			VALUES (%s, %d, %s, %d, %d, %d, %d, %s, %s, %s, UNIX_TIMESTAMP() + %d, %s, %s, UNIX_TIMESTAMP())';
		return 1 === Database::run( $wpdb->prepare( $sql, $f->installation, $f->content_id, $f->key, $f->intent, $f->attempt, $f->intent, $f->attempt, $this->action(), 'running', $this->token, $f->time_limit, '', '' ) );
	}

	/** Judges the existing row under its lock and takes it over. */
	private function take_existing() {
		global $wpdb;
		Database::run( 'START TRANSACTION' );
		try {
			$row = $wpdb->get_row( 'SELECT *, UNIX_TIMESTAMP() AS now FROM ' . Database::table() . ' WHERE ' . $this->fence->where() . ' FOR UPDATE', ARRAY_A );
			if ( ! $row ) {
				throw Database::problem( $wpdb->last_error, 'connection' );
			}
			$this->judge( $row );
		} finally {
			Database::run( 'COMMIT' );
		}
	}

	/** Replay, refusal or take-over. */
	private function judge( array $row ) {
		$open     = in_array( $row['state'], self::OPEN, true );
		$dead     = $open && Locks::is_free( $row['claim'] );
		$in_time  = (int) $row['claim_expires'] > (int) $row['now'];
		$decision = '';
		try {
			$decision = $this->fence->judge( $row, $open && ! $dead && $in_time );
		} catch ( Problem $problem ) {
			if ( 'IN_PROGRESS' === $problem->error_code ) {
				$this->record_seen();
			}
			throw $problem;
		}
		if ( 'replay' === $decision ) {
			$this->record_seen();
			$this->replay         = (array) json_decode( $row['result'], true );
			$this->replayed_state = $row['state'];
			if ( '' !== $row['undo_list'] && ( ! $in_time || Locks::is_free( $row['claim'] ) ) ) {
				$this->inherit( $row['undo_list'] );
			}
			return;
		}
		$this->previous  = $row;
		$this->post_id   = (int) $row['post_id'];
		$this->unsettled = $open;
		$this->contested = $open && ! $dead;
		$this->overwrite();
	}

	/** The highest intent and attempt ever received; the row is locked and not lower. The sweep has received nothing. */
	private function record_seen() {
		global $wpdb;
		$f = $this->fence;
		if ( $f->is_sweep ) {
			return;
		}
		Database::run( $wpdb->prepare( 'UPDATE ' . Database::table() . ' SET seen_intent = %d, seen_attempt = %d WHERE ', $f->intent, $f->attempt ) . $f->where() );
	}

	/** A request died after its end, while it cleared away: what it noted is ours, and its row stays as it is. */
	private function inherit( $undo_list ) {
		global $wpdb;
		$this->undo = Undo::from_json( $undo_list );
		Database::run( $wpdb->prepare( 'UPDATE ' . Database::table() . ' SET claim = %s WHERE ', $this->token ) . $this->fence->where() );
	}

	/** What the row says was asked: giving up is no action of its own. */
	private function action() {
		return 'abandon' === $this->fence->action ? $this->previous['action'] ?? 'publish' : $this->fence->action;
	}

	/** Makes the row ours; the predecessor's state, undo list and result stay until they are settled. */
	private function overwrite() {
		global $wpdb;
		$f     = $this->fence;
		$seen  = max( array( $f->intent, $f->attempt ), array( (int) $this->previous['seen_intent'], (int) $this->previous['seen_attempt'] ) );
		$state = in_array( $this->previous['state'], self::OPEN, true ) ? $this->previous['state'] : 'running';
		$sql   = 'UPDATE ' . Database::table() . ' SET publish_key = %s, intent = %d, attempt = %d, seen_intent = %d, seen_attempt = %d,
			action = %s, state = %s, claim = %s, claim_expires = UNIX_TIMESTAMP() + %d, updated_at = UNIX_TIMESTAMP() WHERE ';
		Database::run( $wpdb->prepare( $sql, $f->key, $f->intent, $f->attempt, $seen[0], $seen[1], $this->action(), $state, $this->token, $f->time_limit ) . $f->where() );
	}

	/**
	 * Changes the row as long as it is ours.
	 *
	 * @param array $values Column → value.
	 * @throws Claim_Lost When it is not.
	 */
	private function change( array $values ) {
		global $wpdb;
		$sets = array();
		foreach ( $values as $column => $value ) {
			$sets[] = $wpdb->prepare( "`$column` = %s, ", $value );
		}
		// The counter always moves: equal values would count as "no row changed".
		$sql  = 'UPDATE ' . Database::table() . ' SET ' . implode( '', $sets ) . 'changes = changes + 1, updated_at = UNIX_TIMESTAMP()';
		$sql .= ' WHERE ' . $this->fence->where() . $wpdb->prepare( ' AND claim = %s', $this->token );
		if ( 1 !== Database::run( $sql ) ) {
			throw new Claim_Lost();
		}
	}
}
