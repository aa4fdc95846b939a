<?php
/**
 * Plugin Name:       IGNY8
 * Description:       Receives finished pieces from the IGNY8 editorial desk and publishes each of them once, completely or not at all.
 * Version:           0.2.0
 * Requires at least: 6.1
 * Requires PHP:      7.4
 * Author:            IGNY8
 * License:           GPL-2.0-or-later
 * License URI:       https://www.gnu.org/licenses/gpl-2.0.html
 * Update URI:        https://plugin.igny8.invalid/
 * Text Domain:       igny8
 * Domain Path:       /languages
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

const VERSION  = '0.2.0';
const PROTOCOL = 1;
const FILE     = __FILE__;
// A name that nobody can have: updates come from the connected IGNY8, wherever that is.
const UPDATE_URI = 'https://plugin.igny8.invalid/';

spl_autoload_register(
	static function ( $name ) {
		if ( 0 !== strpos( $name, 'Igny8\\' ) ) {
			return;
		}
		$parts = explode( '\\', strtolower( str_replace( '_', '-', substr( $name, 6 ) ) ) );
		$class = array_pop( $parts );
		$path  = __DIR__ . '/includes/' . implode( '/', array_merge( $parts, array( "class-$class.php" ) ) );
		if ( is_file( $path ) ) {
			require $path;
		}
	}
);

register_activation_hook( FILE, array( Setup::class, 'activate' ) );
register_deactivation_hook( FILE, array( Setup::class, 'deactivate' ) );
Plugin::setup();
