<?php
/**
 * Who calls.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/** The app that a call comes from. Its content ids are its own: those of another one are others. */
final class Installation {

	const UUID = '/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/D';

	/**
	 * The name that the calling app gave itself, '' for an app that has none yet.
	 *
	 * @param \WP_REST_Request $request The call.
	 * @throws Problem CONTENT_INVALID.
	 */
	public static function of( \WP_REST_Request $request ) {
		$given = (string) $request->get_header( 'x_igny8_installation' );
		if ( '' !== $given && ! preg_match( self::UUID, $given ) ) {
			Input::refuse( 'X-IGNY8-Installation', 'must be a UUID' );
		}
		return $given;
	}
}
