<?php
/**
 * Nothing but our answer.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/**
 * Other plugins print, redirect and exit while a call of ours is answered. A buffer around such a
 * call keeps what they print from the app, and an end that came too early is still answered, after
 * what was begun is taken back.
 */
final class Output {

	/** The whole answer, once there is one. @var string|null */
	private static $answer = null;

	/** Printed before any verb began. @var string */
	private static $held = '';

	/** HTTP status of the answer. @var int|null */
	private static $status = null;

	/** The answer went out. @var bool */
	private static $sent = false;

	/** A verb of ours has begun. @var bool */
	private static $entered = false;

	/** What to do when PHP ends inside a verb; returns array( status, data ). @var callable|null */
	private static $rescue = null;

	/** When the plugin is loaded: buffers a call to our routes, and forgets what was printed before. */
	public static function begin() {
		if ( ! self::is_ours() ) {
			return;
		}
		if ( ob_get_length() ) {
			ob_clean();
		}
		self::hold_back();
		// PHP itself ends the buffer at the very end, when nobody prints any more.
		remove_action( 'shutdown', 'wp_ob_end_flush_all', 1 );
		add_action( 'shutdown', array( self::class, 'end' ), PHP_INT_MIN );
		add_action( 'shutdown', array( self::class, 'hold_back' ), PHP_INT_MAX );
		add_filter( 'rest_pre_serve_request', array( self::class, 'serve' ), PHP_INT_MAX, 4 );
	}

	/** A verb begins: from here on there is an answer in any case. */
	public static function enter() {
		self::$entered = true;
		// A fatal error ends the buffer before WordPress shows its page about it.
		foreach ( array( 'wp_die_handler', 'wp_die_json_handler' ) as $hook ) {
			add_filter( $hook, array( self::class, 'die_handler' ), PHP_INT_MAX );
		}
	}

	/** Filters wp_die_handler and wp_die_json_handler: shows nothing. */
	public static function die_handler() {
		return static function ( ...$given ) {
			if ( ! isset( $given[2]['exit'] ) || $given[2]['exit'] ) {
				exit;
			}
		};
	}

	/**
	 * Something is begun that has to be settled when PHP ends early.
	 *
	 * @param callable|null $rescue Returns array( status, data ); null: nothing is open any more.
	 */
	public static function on_early_end( ?callable $rescue ) {
		self::$rescue = $rescue;
	}

	/**
	 * Filter rest_pre_serve_request: the answer is ours alone.
	 *
	 * @param bool              $served  Whether somebody else served it.
	 * @param \WP_HTTP_Response $result  The response.
	 * @param \WP_REST_Request  $request The call.
	 * @param \WP_REST_Server   $server  Makes data of it.
	 */
	public static function serve( $served, $result, $request, $server ) {
		if ( 0 !== strpos( ltrim( (string) $request->get_route(), '/' ), Routes::BASE ) ) {
			return $served;
		}
		self::answer( 'HEAD' === $request->get_method() ? '' : (string) wp_json_encode( $server->response_to_data( $result, false ) ) );
		return true;
	}

	/** Action shutdown, before anybody else: the verb ended without an answer. */
	public static function end() {
		if ( ! self::$entered || null !== self::$answer ) {
			return;
		}
		set_time_limit( 60 );
		self::hold_back();
		$problem = self::ended_early();
		if ( self::$rescue ) {
			try {
				list( $status, $data ) = call_user_func( self::$rescue );
				self::$status = $status;
				self::answer( wp_json_encode( array( 'success' => true, 'data' => $data ) ) ); // phpcs:ignore WordPress.Arrays
				return;
			} catch ( Problem $other ) {
				$problem = $other;
			} catch ( \Throwable $error ) {
				$problem = Routes::internal( $error );
			}
		}
		self::answer( self::failure( $problem ) );
	}

	/** Another plugin, or PHP itself, ended the request. */
	public static function ended_early() {
		$last  = error_get_last();
		$fatal = $last && in_array( $last['type'], array( E_ERROR, E_CORE_ERROR, E_COMPILE_ERROR, E_USER_ERROR, E_RECOVERABLE_ERROR ), true );
		if ( $fatal ) {
			Trail::log( sprintf( 'PHP ended the request: %s at %s:%d', $last['message'], $last['file'], $last['line'] ) );
		}
		return new Problem( 'INTERNAL_ERROR', 'Something in WordPress ended the request; its error log may say what.', 'creating_post', array( 'error' => $fatal ? 'PHP ended the request' : 'another plugin ended the request' ) );
	}

	/** Callback of the buffer: what others print is dropped, the answer goes out at the end. */
	public static function filter( $buffer, $phase ) {
		$last = ( $phase & PHP_OUTPUT_HANDLER_FINAL ) && ! ( $phase & PHP_OUTPUT_HANDLER_CLEAN );
		if ( ! self::$entered && null === self::$answer ) {
			self::$held .= $buffer;
			return $last ? self::$held : '';
		}
		if ( $last && null === self::$answer ) {
			// Not even the shutdown action was left to us.
			self::$answer = self::failure( self::ended_early() );
		}
		if ( ! $last || self::$sent ) {
			return '';
		}
		self::$sent = true;
		self::headers();
		return self::$answer;
	}

	/** The answer is known. */
	private static function answer( $text ) {
		self::$answer = $text;
		self::$status = self::$status ?? (int) http_response_code();
		self::$rescue = null;
		self::hold_back();
	}

	/** Our status and type, whatever others have set meanwhile; a flush of theirs has sent them already. */
	private static function headers() {
		if ( ! headers_sent() ) {
			header_remove( 'Location' );
			header( 'Content-Type: application/json; charset=UTF-8' );
			foreach ( Trail::headers() as $name => $value ) {
				header( "$name: $value" );
			}
			status_header( self::$status );
		}
	}

	/** The answer that a problem makes, its status set. */
	private static function failure( Problem $problem ) {
		self::$status = $problem->status;
		return wp_json_encode( array( 'success' => false, 'error' => $problem->to_array() ) ); // phpcs:ignore WordPress.Arrays
	}

	/** Starts the buffer, again where another plugin has ended it. */
	public static function hold_back() {
		if ( ! in_array( self::class . '::filter', ob_list_handlers(), true ) ) {
			ob_start( array( self::class, 'filter' ) );
		}
	}

	/** Whether this request is for one of our routes: by its path, whatever else its address says. */
	private static function is_ours() {
		// phpcs:disable WordPress.Security -- only looked at.
		$path  = isset( $_SERVER['REQUEST_URI'] ) ? rawurldecode( explode( '?', (string) $_SERVER['REQUEST_URI'] )[0] ) : '';
		$route = isset( $_GET['rest_route'] ) && is_string( $_GET['rest_route'] ) ? $_GET['rest_route'] : '';
		// phpcs:enable
		return false !== strpos( $path, '/' . Routes::BASE . '/' ) || 0 === strpos( $route, '/' . Routes::BASE . '/' );
	}
}
