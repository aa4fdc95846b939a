<?php
/**
 * Brings changes to the app.
 *
 * @package Igny8
 */

namespace Igny8\Changes;

use Igny8\Database\Locks;
use Igny8\Options;
use Igny8\Rest\App_Client;
use Igny8\Rest\App_Refusal;
use Igny8\Rest\Routes;

defined( 'ABSPATH' ) || exit;

/**
 * One call for each piece that was changed, one after the other. The app asks for it when it was told
 * that something waits; where that did not reach it, WP-Cron does.
 */
final class Courier {

	/** The event of WP-Cron. */
	const HOOK = 'igny8_flush';

	/** Seconds after which no further piece is begun in a call of the app, and in WP-Cron. */
	const SECONDS = 15;

	/** Seconds that the app may take for one piece. */
	const ANSWER_SECONDS = 15;

	/** So many failures one after the other, and the app is away. */
	const FAILURES = 10;

	/** Rows that are read at once. */
	const AT_ONCE = 50;

	/** Seconds until WP-Cron looks whether the app has asked, and between tries at most. */
	const PATIENCE = 2 * MINUTE_IN_SECONDS;
	const LONGEST  = HOUR_IN_SECONDS;

	/** POST flush/: all that waits, whenever its next try would have been. */
	public static function receive() {
		return array( 200, self::run( true ) );
	}

	/** WP-Cron's turn; an app that cannot be reached is asked more and more rarely. */
	public static function run_by_cron() {
		try {
			$done = self::run( false );
		} catch ( \Throwable $error ) {
			Routes::internal( $error );
			$done = array( 'waiting' => 1, 'problem' => 'failed' ); // phpcs:ignore WordPress.Arrays
		}
		$tries = '' === $done['problem'] ? 0 : 1 + (int) get_option( Options::FLUSH_TRIES, 0 );
		update_option( Options::FLUSH_TRIES, $tries, false );
		if ( $done['waiting'] ) {
			self::expect( min( self::LONGEST, self::PATIENCE * 2 ** min( 5, $tries ) ) );
		}
	}

	/** Something waits: WP-Cron comes, if nobody else does before. */
	public static function expect( $seconds = self::PATIENCE ) {
		if ( ! wp_next_scheduled( self::HOOK ) ) {
			wp_schedule_single_event( time() + $seconds, self::HOOK );
		}
	}

	/**
	 * Sends what waits, one request of PHP at a time where the database has locks.
	 *
	 * @param bool $is_all Also what is to be tried again later only.
	 * @return array sent, unchanged, waiting, problem ('' where all went well).
	 */
	private static function run( $is_all ) {
		$courier = new self();
		$problem = App_Client::may_call() && Options::site_id() ? '' : 'not connected';
		if ( '' === $problem ) {
			$problem = Locks::with(
				'flush',
				static function () use ( $courier, $is_all ) {
					return $courier->deliver( $is_all );
				}
			);
		}
		return array(
			'sent'      => $courier->sent,
			'unchanged' => $courier->unchanged,
			'waiting'   => Outbox::report()['waiting'],
			'problem'   => $problem,
		);
	}

	/** Pieces that the app was told of. @var int */
	private $sent = 0;
	/** Pieces that stand as the app knows them. @var int */
	private $unchanged = 0;

	/** Pieces that had their turn. @var bool[] */
	private $tried = array();

	/** Whether the app answered to something; pieces that it failed at, and how many in a row. @var bool */
	private $is_there = false;
	/** Rows. @var object[] */
	private $failed = array();
	/** Number. @var int */
	private $in_row = 0;
	/** What it answered to the first of them. @var string */
	private $failure = '';

	/** Why it stopped early, or what it failed at, or ''. What the app did not take before keeps nothing else back. */
	private function deliver( $is_all ) {
		$end     = microtime( true ) + self::SECONDS;
		$problem = $this->deliver_those( true, $end );
		if ( $is_all && '' === $problem ) {
			$problem = $this->deliver_those( false, $end );
		}
		// Where it answers to nothing it is away, and no piece is to blame.
		array_map( array( Outbox::class, 'put_off' ), $this->is_there ? $this->failed : array() );
		return '' === $problem ? $this->failure : $problem;
	}

	/** Those whose turn it is, or the others; why it stopped early, or ''. */
	private function deliver_those( $is_due, $end ) {
		$after = 0;
		do {
			$rows = Outbox::waiting( self::AT_ONCE, $is_due, $after );
			foreach ( $rows as $row ) {
				if ( microtime( true ) > $end ) {
					return '';
				}
				$after   = (int) $row->noted;
				$name    = $row->installation . $row->content_id;
				$problem = isset( $this->tried[ $name ] ) ? '' : $this->deliver_one( $row );
				if ( '' !== $problem ) {
					return $problem;
				}
				$this->tried[ $name ] = true;
			}
		} while ( count( $rows ) === self::AT_ONCE );
		return '';
	}

	/**
	 * One piece; '' unless the app cannot be reached.
	 *
	 * @param object $row      Of the outbox.
	 * @param bool   $is_again Told anew, since the app knew another number.
	 */
	private function deliver_one( $row, $is_again = false ) {
		$message = Message::of( $row );
		if ( ! $message ) {
			++$this->unchanged;
			Outbox::settle( $row );
			return '';
		}
		try {
			$answer = App_Client::post( 'integrations/' . Options::site_id() . '/changes/', $message->body(), self::ANSWER_SECONDS );
		} catch ( \RuntimeException $refusal ) {
			return $this->refused( $row, $refusal );
		}
		$this->is_there = true;
		$this->in_row   = 0;
		switch ( $answer['outcome'] ?? '' ) {
			case 'heard':
				++$this->sent;
				$message->heard( array_filter( (array) ( $answer['taken'] ?? array() ), 'is_string' ) );
				break;
			case 'stale':
				$message->stale( (int) ( $answer['sequence'] ?? 0 ) );
				return $is_again ? '' : $this->deliver_one( Outbox::again( $row ), true );
			case 'foreign':
				Outbox::put_off( $row, DAY_IN_SECONDS );
				break;
			default:
				Outbox::put_off( $row );
		}
		return '';
	}

	/** The app has not taken it; '' where others may go on. */
	private function refused( $row, \RuntimeException $refusal ) {
		$status  = (int) $refusal->getCode();
		$problem = $status ? "status $status" : $refusal->getMessage();
		if ( in_array( $status, App_Refusal::NEVER, true ) ) {
			$this->is_there = true;
			Outbox::put_aside( $row, $refusal->getMessage() );
			return '';
		}
		if ( $status < 500 ) {
			return $problem;
		}
		$this->failed[] = $row;
		$this->failure  = '' === $this->failure ? $problem : $this->failure;
		++$this->in_row;
		return $this->in_row < self::FAILURES ? '' : $problem;
	}
}
