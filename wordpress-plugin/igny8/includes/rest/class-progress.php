<?php
/**
 * Telling the app how far a publication is.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Options;

defined( 'ABSPATH' ) || exit;

/** Step times, and publish-progress calls that nobody waits for. */
final class Progress {

	/** Percent at the beginning of each step that is done here. */
	const PERCENT = array(
		'validation'       => 5,
		'connection'       => 10,
		'media_processing' => 20,
		'taxonomies'       => 45,
		'creating_post'    => 60,
		'seo_metadata'     => 80,
	);

	/** Seconds that one message may take. */
	const TIMEOUT = 1;

	/** Whom about what, or null when nobody asked. @var Publish_Request|null */
	private $request;
	/** Begin of each step. @var float[] */
	private $begun = array();

	/** For one publication. */
	public function __construct( Publish_Request $request ) {
		$this->request = $request->report_progress && App_Client::may_call() && Options::site_id() ? $request : null;
	}

	/** A step begins. */
	public function begin( $step, $message ) {
		$this->begun[ $step ] = microtime( true );
		if ( $this->request ) {
			$this->send( $step, $message );
		}
	}

	/** Step → milliseconds, up to now. */
	public function times() {
		$times = array();
		$ends  = array_merge( array_slice( array_values( $this->begun ), 1 ), array( microtime( true ) ) );
		foreach ( array_keys( $this->begun ) as $index => $step ) {
			$times[ $step ] = (int) round( 1000 * ( $ends[ $index ] - $this->begun[ $step ] ) );
		}
		return $times;
	}

	/** One message; an app that does not take it quickly gets no more of them. */
	private function send( $step, $message ) {
		$began  = microtime( true );
		$f      = $this->request->fence;
		$answer = wp_remote_post(
			Options::app_url() . '/api/v1/integrations/' . Options::site_id() . '/publish-progress/',
			array(
				'blocking'    => false,
				'timeout'     => self::TIMEOUT,
				'redirection' => 0,
				'headers'     => App_Client::headers(),
				'body'        => wp_json_encode(
					array(
						'publish_key' => $f->key,
						'attempt'     => $f->attempt,
						'task_id'     => $this->request->task_id,
						'content_id'  => $f->content_id,
						'step'        => $step,
						'progress'    => self::PERCENT[ $step ],
						'message'     => $message,
					)
				),
			)
		);
		if ( is_wp_error( $answer ) || microtime( true ) - $began > self::TIMEOUT / 2 ) {
			$this->request = null;
		}
	}
}
