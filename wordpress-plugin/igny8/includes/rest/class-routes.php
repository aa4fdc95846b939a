<?php
/**
 * The REST routes: /wp-json/igny8/v1/.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Changes\Courier;
use Igny8\Changes\Watch;
use Igny8\Claim\Abandonment;
use Igny8\Connection\Handover;
use Igny8\Connection\Structure;
use Igny8\Publish\Checks;
use Igny8\Problem;
use Igny8\Claim\Proof;
use Igny8\Posts\Known;
use Igny8\Posts\Relink;
use Igny8\Publish\Publisher;
use Igny8\Publish\Retraction;
use Igny8\Media\Staging;
use Igny8\Update\Code;

defined( 'ABSPATH' ) || exit;

/** Maps routes to verbs and every failure to the contract's error object. */
final class Routes {

	const BASE = 'igny8/v1';

	/** Registers the routes. */
	public static function register() {
		self::route( '/media', 'POST', array( Staging::class, 'receive' ) );
		self::route( '/publish-content', 'POST', array( Publisher::class, 'receive' ) );
		self::route( '/deliver-content', 'POST', array( Publisher::class, 'receive' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})', 'GET', array( Content_Status::class, 'answer' ) );
		self::route( '/content', 'GET', array( Standings::class, 'answer' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})/there', 'GET', array( Standings::class, 'there' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})/accept', 'POST', array( Known::class, 'receive_acceptance' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})/forget', 'POST', array( Known::class, 'receive_forgetting' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})/relink', 'POST', array( Relink::class, 'receive' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})/retract', 'POST', array( Retraction::class, 'receive' ) );
		self::route( '/content/(?P<content_id>[0-9]{1,18})/abandon', 'POST', array( Abandonment::class, 'receive' ) );
		self::route( '/proofs', 'POST', array( Proof::class, 'receive' ) );
		self::route( '/flush', 'POST', array( Courier::class, 'receive' ) );
		self::route( '/health', 'GET', array( Health::class, 'answer' ) );
		self::route( '/structure', 'GET', array( Structure::class, 'answer' ) );
		self::route( '/structure/authors', 'GET', array( Structure::class, 'answer_authors' ) );
		self::route( '/structure/terms', 'GET', array( Structure::class, 'answer_terms' ) );
		self::route( '/connect', 'POST', array( Handover::class, 'receive' ), array( Handover::class, 'check' ) );
	}

	/**
	 * One route whose verb takes the request and returns array( status, data ).
	 *
	 * @param string   $path   Pattern below BASE.
	 * @param string   $method HTTP method.
	 * @param callable $verb   What to do.
	 * @param callable $check  Who may.
	 */
	private static function route( $path, $method, callable $verb, $check = array( Auth::class, 'check' ) ) {
		register_rest_route(
			self::BASE,
			$path,
			array(
				'methods'             => $method,
				'permission_callback' => $check,
				'callback'            => static function ( \WP_REST_Request $request ) use ( $verb ) {
					return self::respond( $verb, $request );
				},
			)
		);
	}

	/** Runs a verb; nothing but the contract's two shapes leaves here. */
	private static function respond( callable $verb, \WP_REST_Request $request ) {
		Output::enter();
		try {
			Code::hold();
			Watch::is_our_call();
			list( $status, $data ) = $verb( $request );
			return new \WP_REST_Response(
				array(
					'success' => true,
					'data'    => $data,
				),
				$status
			);
		} catch ( Problem $problem ) {
			return $problem->to_response();
		} catch ( \Throwable $error ) {
			return self::internal( $error )->to_response();
		}
	}

	/** A defect of ours or of another plugin: logged with its place, answered without it. */
	public static function internal( \Throwable $error, $step = 'creating_post' ) {
		Trail::log( sprintf( '%s: %s at %s:%d', get_class( $error ), $error->getMessage(), $error->getFile(), $error->getLine() ) );
		return new Problem( 'INTERNAL_ERROR', 'Something in WordPress failed unexpectedly; its error log says where.', $step, array( 'error' => get_class( $error ) ) );
	}

	/**
	 * The JSON body as an array.
	 *
	 * @param \WP_REST_Request $request The call.
	 * @throws Problem CONTENT_INVALID (415 for another content type), CONTENT_TOO_LARGE.
	 */
	public static function json_body( \WP_REST_Request $request ) {
		if ( ! $request->is_json_content_type() ) {
			throw new Problem( 'CONTENT_INVALID', 'The body must be JSON.', 'validation', array(), 415 );
		}
		// PHP drops a body above its post_max_size and leaves it empty.
		$cut = '' === $request->get_body() && (int) $request->get_header( 'content_length' ) > 0;
		if ( $cut || strlen( $request->get_body() ) > Checks::max_content_bytes() + MB_IN_BYTES ) {
			throw new Problem( 'CONTENT_TOO_LARGE', 'The content is too large for this WordPress.', 'validation', array( 'max_bytes' => Checks::max_content_bytes() ) );
		}
		$body = $request->get_json_params();
		if ( ! is_array( $body ) ) {
			throw new Problem( 'CONTENT_INVALID', 'The body must be a JSON object.', 'validation' );
		}
		return $body;
	}

	/**
	 * Filter rest_post_dispatch: WordPress's own refusals below BASE in the contract's shape.
	 *
	 * @param \WP_HTTP_Response $response Any answer.
	 * @param \WP_REST_Server   $server   Unused.
	 * @param \WP_REST_Request  $request  The call.
	 */
	public static function shape_errors( $response, $server, $request ) {
		if ( 0 !== strpos( ltrim( (string) $request->get_route(), '/' ), self::BASE . '/' ) || $response->get_status() < 400 ) {
			return $response;
		}
		$data = $response->get_data();
		if ( ! is_array( $data ) || ! isset( $data['code'] ) ) {
			return $response;
		}
		if ( isset( $data['data']['problem'] ) && $data['data']['problem'] instanceof Problem ) {
			return $data['data']['problem']->to_response();
		}
		$code    = 404 === $response->get_status() ? 'NOT_FOUND' : 'CONTENT_INVALID';
		$problem = new Problem( $code, (string) $data['message'], 'connection', array( 'error' => (string) $data['code'] ), $response->get_status() );
		return $problem->to_response();
	}
}
