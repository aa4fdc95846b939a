<?php
/**
 * The commands `wp igny8 …`.
 *
 * @package Igny8
 */

namespace Igny8\Cli;

use Igny8\Changes\Outbox;
use Igny8\Connection\Standing;
use Igny8\Connection\Summary;
use Igny8\Rest\Health;

defined( 'ABSPATH' ) || exit;

/**
 * Says how the connection with IGNY8 stands, and does what the buttons in the administration do.
 *
 * Lines go to standard output; a command that did not come to a good end has exit code 1.
 */
final class Commands {

	/** Where WP-CLI runs. */
	public static function register() {
		\WP_CLI::add_command( 'igny8', self::class );
	}

	/** Managed posts, what is pending, scheduled and failed, the last sync, and what waits here. */
	public function status() {
		self::finish( self::run( 'status' ) );
	}

	/** Tells IGNY8 the content types, taxonomies, terms and authors of this website. */
	public function sync() {
		self::finish( self::run( 'sync' ) );
	}

	/** Tells IGNY8 what was changed here and waits, also what it has refused before. */
	public function flush() {
		self::finish( self::run( 'flush' ) );
	}

	/** Tries connection, database, uploads and terms, and says which changes IGNY8 refused. */
	public function doctor() {
		self::finish( self::run( 'doctor' ) );
	}

	/** Prints what a command says, and ends with its exit code. */
	private static function finish( array $done ) {
		array_map( array( \WP_CLI::class, 'line' ), $done['lines'] );
		\WP_CLI::halt( $done['code'] );
	}

	/**
	 * What a command does, without WP-CLI.
	 *
	 * @param string $command status, sync, flush or doctor.
	 * @return array lines, code.
	 */
	public static function run( $command ) {
		switch ( $command ) {
			case 'status':
				return self::tell_status();
			case 'doctor':
				return self::tell_checks();
			default:
				return self::act( $command );
		}
	}

	/** Facts, line by line. */
	private static function tell_status() {
		$summary = Summary::read( true );
		$lines   = array();
		foreach ( Standing::facts( $summary ) as $label => $value ) {
			$lines[] = "$label: $value";
		}
		return self::result( $lines, '' === $summary->problem );
	}

	/** Checks, line by line. */
	private static function tell_checks() {
		$checks = Health::checks( array_keys( Health::CHECKS ) );
		$lines  = array();
		foreach ( $checks as $name => $check ) {
			$lines[] = "$name: {$check['message']} ({$check['ms']} ms)";
		}
		$refused = Outbox::refusals();
		foreach ( $refused ? $refused : array( 'OK' ) as $line ) {
			$lines[] = "changes: $line";
		}
		return self::result( $lines, ! $refused && ! in_array( false, wp_list_pluck( $checks, 'ok' ), true ) );
	}

	/** Does what a button does. */
	private static function act( $verb ) {
		try {
			return self::result( array( Standing::$verb() ), true );
		} catch ( \RuntimeException $error ) {
			return self::result( array( $error->getMessage() ), false );
		}
	}

	/** Lines, and the exit code. */
	private static function result( array $lines, $is_good ) {
		return array(
			'lines' => $lines,
			'code'  => $is_good ? 0 : 1,
		);
	}
}
