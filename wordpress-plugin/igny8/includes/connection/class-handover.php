<?php
/**
 * The app hands its key over.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Admin\Website;
use Igny8\Options;
use Igny8\Problem;
use Igny8\Rest\Input;
use Igny8\Rest\Routes;

defined( 'ABSPATH' ) || exit;

/** POST connect: called as an administrator, who has let the app in on WordPress's own page for that. */
final class Handover {

	/**
	 * Permission callback.
	 *
	 * @return true|\WP_Error
	 */
	public static function check() {
		if ( current_user_can( 'manage_options' ) ) {
			return true;
		}
		$said    = is_user_logged_in() ? 'This person may not change settings of this WordPress: let an administrator connect.' : 'WordPress has not taken the application password. Some servers remove the header Authorization; paste the key instead.';
		$problem = new Problem( 'INVALID_CREDENTIALS', $said, 'connection', array( 'signed_in' => is_user_logged_in() ) );
		return $problem->to_wp_error();
	}

	/**
	 * Takes address and key, and says whether the app knows them.
	 *
	 * @param \WP_REST_Request $http The call.
	 */
	public static function receive( \WP_REST_Request $http ) {
		$input = new Input( Routes::json_body( $http ) );
		$url   = untrailingslashit( $input->matching( 'app_url', '#^https?://[^\s<>"]{1,2000}$#D', 'must be an address' ) );
		$key   = $input->matching( 'api_key', '/^[A-Za-z0-9_-]{20,200}$/D', 'must be a key' );
		update_option( Options::APP_URL, esc_url_raw( $url, array( 'http', 'https' ) ) );
		update_option( Options::API_KEY, $key, false );
		Website::connected();
		$connected = Connecting::run( array(), false );
		$said      = get_option( Connecting::CONNECTION );
		return array(
			200,
			array(
				'connected' => $connected,
				'message'   => (string) $said['message'],
			),
		);
	}
}
