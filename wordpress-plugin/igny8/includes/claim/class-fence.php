<?php
/**
 * The order of all calls about one content.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

use Igny8\Rest\Input;
use Igny8\Installation;
use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** Which intent and attempt a call belongs to, and what the stored row says to it. */
final class Fence {

	const MAX_TIME_LIMIT = 300;

	/** Whose content it is: the calling app's own name, '' for one that names none yet. @var string */
	public $installation = '';

	/** The app's id of the content. @var int */
	public $content_id;

	/** One per intent, the same for all its attempts. @var string */
	public $key;

	/** Grows with each new intent of this content. @var int */
	public $intent;

	/** Grows within a key. @var int */
	public $attempt;

	/** 'publish', 'retract' or 'abandon'. @var string */
	public $action;

	/** Keys of earlier publications: what version 0.1 published is ours by them. @var string[] */
	public $proof = array();

	/** Seconds until the claim may be taken over. @var int */
	public $time_limit;

	/** The hourly sweep speaks for the dead request itself, however new the newest one is. @var bool */
	public $is_sweep = false;

	/**
	 * Reads the fence out of a body.
	 *
	 * @param Input            $input      Body.
	 * @param int              $content_id The content.
	 * @param string           $action     'publish', 'retract' or 'abandon'.
	 * @param \WP_REST_Request $request    For the Idempotency-Key header.
	 * @throws Problem CONTENT_INVALID.
	 */
	public static function read( Input $input, $content_id, $action, \WP_REST_Request $request ) {
		$fence               = new self();
		$fence->installation = Installation::of( $request );
		$fence->content_id   = (int) $content_id;
		$fence->key          = $input->matching( 'publish_key', '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D', 'must be a UUID' );
		$fence->intent       = $input->number( 'intent' );
		$fence->attempt      = $input->number( 'attempt' );
		$fence->action       = $action;
		$fence->proof        = Proof::keys( $input, 'proof' );
		$fence->time_limit   = min( self::MAX_TIME_LIMIT, $input->optional_number( 'time_limit' ) ?? 60 );
		$header              = (string) $request->get_header( 'idempotency_key' );
		if ( $fence->content_id < 1 ) {
			Input::refuse( 'content_id', 'must be at least 1' );
		}
		if ( '' !== $header && $header !== $fence->key ) {
			Input::refuse( 'publish_key', 'differs from the Idempotency-Key header' );
		}
		return $fence;
	}

	/** The content's row, as a condition. */
	public function where() {
		global $wpdb;
		return $wpdb->prepare( 'installation = %s AND content_id = %d', $this->installation, $this->content_id );
	}

	/**
	 * What to do with this call, given the row of its content.
	 *
	 * @param array $row   The stored row.
	 * @param bool  $alive Whether the claim in the row is held by a live request.
	 * @return string 'replay' or 'take'.
	 * @throws Problem STALE_ATTEMPT, IN_PROGRESS, CONTENT_INVALID.
	 */
	public function judge( array $row, $alive ) {
		$seen = array( (int) $row['seen_intent'], (int) $row['seen_attempt'] );
		$same = $row['publish_key'] === $this->key;
		$late = ! $this->is_sweep && array( $this->intent, $this->attempt ) < $seen;
		if ( $late || ( ! $same && $this->intent <= (int) $row['intent'] ) ) {
			throw $this->stale( $seen );
		}
		$abandon = 'abandon' === $this->action;
		if ( $same && ( (int) $row['intent'] !== $this->intent || ( ! $abandon && $row['action'] !== $this->action ) ) ) {
			Input::refuse( 'publish_key', 'belongs to another intent' );
		}
		if ( $same && 'abandoned' === $row['state'] && ! $abandon ) {
			throw $this->stale( $seen );
		}
		if ( $same && in_array( $row['state'], array( 'done', 'abandoned' ), true ) ) {
			return 'replay';
		}
		if ( $alive ) {
			throw self::busy();
		}
		return 'take';
	}

	/** Another request works on this content. */
	public static function busy() {
		return new Problem( 'IN_PROGRESS', 'Another request is publishing this content right now.', 'connection', array( 'retry_after' => 2 ) );
	}

	/**
	 * A newer call was seen.
	 *
	 * @param int[] $seen Intent and attempt.
	 */
	public function stale( array $seen ) {
		return new Problem(
			'STALE_ATTEMPT',
			'A newer request for this content has been received; this one changes nothing.',
			'connection',
			array(
				'intent'  => $seen[0],
				'attempt' => $seen[1],
			)
		);
	}
}
