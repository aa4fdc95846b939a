<?php
/**
 * How it stands, by IGNY8's own word.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Options;
use Igny8\Rest\App_Client;

defined( 'ABSPATH' ) || exit;

/** What is pending, scheduled and failed there, and what happened last; asked once a minute at most. */
final class Summary {

	/** The transient that keeps the answer, and the reason where there was none. */
	const KEPT = 'igny8_summary';

	/** Seconds for which WordPress's dashboard may wait. */
	const PATIENCE = 3;

	const NUMBERS = array( 'pending_today', 'scheduled', 'failed' );

	/** Numbers by name; empty where IGNY8 did not tell. @var array */
	public $numbers = array();
	/** The newest first; each record_id, content_id, title, action, status, message, url, at (a timestamp). @var array[] */
	public $activities = array();
	/** Such an activity; null: none. @var array|null */
	public $last = null;
	/** Why IGNY8 did not tell, in a sentence; '': it did. @var string */
	public $problem = '';

	/**
	 * The summary of now, or of within the last minute.
	 *
	 * @param bool $is_fresh Whether IGNY8 is asked in any case.
	 */
	public static function read( $is_fresh = false ) {
		$ours = Options::app_url() . '|' . Options::integration_id();
		$kept = $is_fresh ? false : get_transient( self::KEPT );
		if ( ! is_array( $kept ) || $ours !== ( $kept['of'] ?? '' ) ) {
			$kept = self::ask() + array( 'of' => $ours );
			set_transient( self::KEPT, $kept, MINUTE_IN_SECONDS );
		}
		return new self( $kept );
	}

	/** The answer, or why there is none. */
	private static function ask() {
		try {
			if ( '' === Options::api_key() || ! Options::integration_id() ) {
				throw new \RuntimeException( __( 'This website is not connected yet.', 'igny8' ) );
			}
			return array( 'told' => App_Client::summary( self::PATIENCE ) );
		} catch ( \RuntimeException $error ) {
			return array( 'problem' => $error->getMessage() );
		}
	}

	/** See `read`. */
	private function __construct( array $kept ) {
		$this->problem = (string) ( $kept['problem'] ?? '' );
		$told          = $kept['told'] ?? array();
		if ( '' !== $this->problem ) {
			return;
		}
		foreach ( self::NUMBERS as $name ) {
			$this->numbers[ $name ] = absint( $told[ $name ] ?? 0 );
		}
		$activities       = array_filter( (array) ( $told['activities'] ?? array() ), 'is_array' );
		$this->activities = array_map( array( self::class, 'activity' ), array_values( $activities ) );
		$last             = $told['last_publication'] ?? null;
		$this->last       = is_array( $last ) ? self::activity( $last ) : null;
	}

	/** One activity; what is not as agreed is empty. */
	private static function activity( array $one ) {
		$texts = array();
		foreach ( array( 'content_title', 'action', 'status', 'message', 'external_url', 'at' ) as $name ) {
			$texts[ $name ] = isset( $one[ $name ] ) && is_string( $one[ $name ] ) ? $one[ $name ] : '';
		}
		return array(
			'record_id'  => absint( $one['record_id'] ?? 0 ),
			'content_id' => absint( $one['content_id'] ?? 0 ),
			'title'      => $texts['content_title'],
			'action'     => $texts['action'],
			'status'     => $texts['status'],
			'message'    => $texts['message'],
			'url'        => $texts['external_url'],
			'at'         => (int) strtotime( $texts['at'] ),
		);
	}
}
