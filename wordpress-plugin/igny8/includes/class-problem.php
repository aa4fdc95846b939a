<?php
/**
 * The one error object of the contract.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/** A refusal or failure with its code, step and facts; thrown anywhere, answered by the routes. */
final class Problem extends \RuntimeException {

	const STEPS = array( 'validation', 'connection', 'media_processing', 'taxonomies', 'creating_post', 'seo_metadata', 'verification' );

	const RECOVERABLE = array( 'IN_PROGRESS', 'MEDIA_NOT_STAGED', 'DATABASE_ERROR', 'UPLOAD_NOT_WRITABLE', 'STAGING_FULL', 'TOO_MANY_FAILURES', 'INTERNAL_ERROR' );

	/** Codes whose status is not 422. */
	const STATUS = array(
		'CONTENT_INVALID'                => 400,
		'INVALID_CREDENTIALS'            => 401,
		'MEDIA_NOT_STAGED'               => 404,
		'NOT_FOUND'                      => 404,
		'STALE_ATTEMPT'                  => 409,
		'EDITED_THERE'                   => 409,
		'INSTALLATION_COPIED'            => 409,
		'WEBSITE_COPIED'                 => 409,
		'CONTENT_TOO_LARGE'              => 413,
		'IMAGE_TOO_LARGE'                => 413,
		'IN_PROGRESS'                    => 423,
		'PROTOCOL_UNSUPPORTED'           => 426,
		'TOO_MANY_FAILURES'              => 429,
		'TERM_CREATION_FAILED'           => 500,
		'POST_CREATION_FAILED'           => 500,
		'POST_UPDATE_FAILED'             => 500,
		'SEO_WRITE_FAILED'               => 500,
		'POST_PUBLISH_FAILED'            => 500,
		'INTERNAL_ERROR'                 => 500,
		'FEATURED_IMAGE_DOWNLOAD_FAILED' => 502,
		'GALLERY_IMAGE_DOWNLOAD_FAILED'  => 502,
		'INLINE_IMAGE_DOWNLOAD_FAILED'   => 502,
		'DATABASE_ERROR'                 => 503,
		'UPLOAD_NOT_WRITABLE'            => 503,
		'PLUGIN_NOT_CONFIGURED'          => 503,
		'STAGING_FULL'                   => 507,
	);

	/** One of the contract's codes. @var string */
	public $error_code;

	/** One of STEPS. @var string */
	public $step;

	/** Facts for the reader and the program. @var array */
	public $details;

	/** HTTP status. @var int */
	public $status;

	/** Whether the same request may succeed later. @var bool */
	public $recoverable;

	/**
	 * Names a problem.
	 *
	 * @param string    $code        One of the contract's codes.
	 * @param string    $message     A sentence in English.
	 * @param string    $step        One of STEPS.
	 * @param array     $details     Facts; 'retry_after' (seconds) also becomes a header.
	 * @param int|null  $status      HTTP status, where it is not the code's own.
	 * @param bool|null $recoverable Where it is not the code's own.
	 */
	public function __construct( $code, $message, $step, array $details = array(), $status = null, $recoverable = null ) {
		parent::__construct( $message );
		$this->error_code  = $code;
		$this->step        = $step;
		$this->details     = $details;
		$this->status      = null === $status ? ( self::STATUS[ $code ] ?? 422 ) : $status;
		$this->recoverable = null === $recoverable ? in_array( $code, self::RECOVERABLE, true ) : $recoverable;
	}

	/** The error object of the contract. */
	public function to_array() {
		return array(
			'code'              => $this->error_code,
			'message'           => $this->getMessage(),
			'step'              => $this->step,
			'step_number'       => (int) array_search( $this->step, self::STEPS, true ) + 1,
			'total_steps'       => count( self::STEPS ),
			'details'           => (object) $this->details,
			'recoverable'       => $this->recoverable,
			'retry_recommended' => $this->recoverable,
		);
	}

	/** The answer to the app. */
	public function to_response() {
		$response = new \WP_REST_Response(
			array(
				'success' => false,
				'error'   => $this->to_array(),
			),
			$this->status
		);
		if ( isset( $this->details['retry_after'] ) ) {
			$response->header( 'Retry-After', (string) (int) $this->details['retry_after'] );
		}
		return $response;
	}

	/** The same for places where WordPress wants a WP_Error. */
	public function to_wp_error() {
		return new \WP_Error(
			'igny8_problem',
			$this->getMessage(),
			array(
				'status'  => $this->status,
				'problem' => $this,
			)
		);
	}
}
