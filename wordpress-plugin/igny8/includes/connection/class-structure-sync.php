<?php
/**
 * Telling the app what this website is made of.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Options;
use Igny8\Rest\App_Client;
use Igny8\Rest\Trail;

defined( 'ABSPATH' ) || exit;

/** At connecting, every day, and by button: the structure, then its terms page by page. */
final class Structure_Sync {

	/** The daily event, and the action of the button. */
	const HOOK = 'igny8_sync_site_structure';

	/** Seconds after which the rest is left to an event of its own. */
	const PATIENCE = 20;

	/** Every day from now on. */
	public static function schedule() {
		if ( '' !== Options::api_key() && ! wp_next_scheduled( self::HOOK ) ) {
			wp_schedule_event( time() + DAY_IN_SECONDS, 'daily', self::HOOK );
		}
	}

	/** No more. */
	public static function unschedule() {
		wp_unschedule_hook( self::HOOK );
	}

	/**
	 * Tells all of it.
	 *
	 * @return string What was sent, in a sentence.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function run() {
		if ( ! Options::integration_id() ) {
			throw new \RuntimeException( __( 'This website is not connected yet.', 'igny8' ) );
		}
		$structure = Structure::payload();
		App_Client::post( self::path( 'update-structure' ), $structure );
		$authors = count( $structure['authors'] ) + self::send_authors( $structure['timestamp'], $structure['next_author'] );
		$sent    = self::send_terms( $structure['timestamp'], 0 );
		if ( null === $sent ) {
			return __( 'IGNY8 has the structure of this website; its many terms follow within minutes.', 'igny8' );
		}
		/* translators: 1: number of content types, 2: number of terms, 3: number of people. */
		return sprintf( __( 'IGNY8 has the structure of this website. Content types: %1$d, terms: %2$d, authors: %3$d.', 'igny8' ), count( (array) $structure['post_types'] ), $sent, $authors );
	}

	/**
	 * The pages of authors after the first; an app of before knows no others.
	 *
	 * @param string   $timestamp The moment of the structure that they belong to.
	 * @param int|null $after     Where to begin; null: there are no more.
	 * @return int How many there were.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	private static function send_authors( $timestamp, $after ) {
		$sent = 0;
		while ( null !== $after ) {
			$page = Structure::authors( $after );
			try {
				App_Client::post( self::path( 'authors' ), array( 'timestamp' => $timestamp ) + $page );
			} catch ( \RuntimeException $refusal ) {
				if ( 404 === $refusal->getCode() ) {
					return $sent;
				}
				throw $refusal;
			}
			$sent += count( $page['authors'] );
			$after = $page['next'];
		}
		return $sent;
	}

	/**
	 * The pages of terms from a place on.
	 *
	 * @param string $timestamp The moment of the structure that they belong to.
	 * @param int    $after     Where to begin.
	 * @return int|null How many there were; null where the rest goes on later.
	 */
	private static function send_terms( $timestamp, $after ) {
		$began = time();
		$sent  = 0;
		do {
			$page = Structure::terms( $after );
			App_Client::post( self::path( 'terms' ), array( 'timestamp' => $timestamp ) + $page );
			$sent += count( $page['terms'] );
			$after = $page['next'];
			if ( null !== $after && time() - $began >= self::PATIENCE ) {
				wp_schedule_single_event( time(), self::HOOK, array( $timestamp, $after ) );
				return null;
			}
		} while ( null !== $after );
		update_option( Options::STRUCTURE_SYNCED, time(), false );
		return $sent;
	}

	/**
	 * The event: all of it, or the terms that were left.
	 *
	 * @param string $timestamp The moment of the structure whose terms are left; '': all of it.
	 * @param int    $after     Where they go on.
	 */
	public static function cron( $timestamp = '', $after = 0 ) {
		if ( ! App_Client::may_call() ) {
			return;
		}
		try {
			if ( '' === $timestamp ) {
				self::run();
			} else {
				self::send_terms( (string) $timestamp, (int) $after );
			}
		} catch ( \RuntimeException $error ) {
			Trail::log( 'The structure was not sent: ' . $error->getMessage() );
		}
	}

	/** The button. */
	public static function ajax() {
		check_ajax_referer( self::HOOK );
		if ( ! current_user_can( 'manage_options' ) ) {
			wp_send_json_error( __( 'You may not do this.', 'igny8' ), 403 );
		}
		try {
			wp_send_json_success( self::run() );
		} catch ( \RuntimeException $error ) {
			wp_send_json_error( $error->getMessage() );
		}
	}

	/** A message of the connection. */
	private static function path( $name ) {
		return 'integration/integrations/' . Options::integration_id() . "/$name/";
	}
}
