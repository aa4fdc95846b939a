<?php
/**
 * The id that runs through one publication.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

defined( 'ABSPATH' ) || exit;

/** The app names what it is about with each call; lines of the error log, answers and calls back say it too. */
final class Trail {

	const HEADER = 'X-Request-Id';

	/** The id of this request, or an empty string. */
	public static function id() {
		$given = isset( $_SERVER['HTTP_X_REQUEST_ID'] ) ? (string) $_SERVER['HTTP_X_REQUEST_ID'] : ''; // phpcs:ignore WordPress.Security -- only what the pattern lets through.
		return preg_match( '/^[A-Za-z0-9_-]{8,64}\z/', $given ) ? $given : '';
	}

	/** Headers of a call that belongs to it. */
	public static function headers() {
		$id = self::id();
		return '' === $id ? array() : array( self::HEADER => $id );
	}

	/** A line of PHP's error log. */
	public static function log( $text ) {
		$id = self::id();
		error_log( '' === $id ? "IGNY8: $text" : "IGNY8: $text [request $id]" ); // phpcs:ignore WordPress.PHP
	}
}
