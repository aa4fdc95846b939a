<?php
/**
 * Connecting this website with the app, and leaving it.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Admin\Website;
use Igny8\Options;
use Igny8\Rest\App_Client;

defined( 'ABSPATH' ) || exit;

/** By a key, by e-mail address and password, or by both. What stays is the key. */
final class Connecting {

	/** What the last attempt said: array( ok, message, at, sites: id => name to choose from ). */
	const CONNECTION = 'igny8_connection';

	/**
	 * Connects, and tells the app what this website is made of.
	 *
	 * @param array $given What was typed: email, password, api_key (stored already), and site_id where one was chosen.
	 * @param bool  $tells Whether the structure is told; the app that connects asks for it itself.
	 * @return bool Whether the connection stands.
	 */
	public static function run( array $given, $tells = true ) {
		try {
			if ( '' !== ( $given['password'] ?? '' ) ) {
				self::by_password( $given );
			}
			$message = self::by_key();
			$ok      = true;
			$sites   = array();
		} catch ( Several_Sites $several ) {
			$message = $several->getMessage();
			$ok      = false;
			$sites   = $several->sites;
		} catch ( \RuntimeException $error ) {
			$message = $error->getMessage();
			$ok      = false;
			$sites   = array();
		}
		if ( $ok && $tells ) {
			$message .= ' ' . self::tell_structure();
		}
		$message = trim( $message . ' ' . App_Client::clock_warning() );
		update_option( self::CONNECTION, compact( 'ok', 'message', 'sites' ) + array( 'at' => time() ), false );
		return $ok;
	}

	/** Learns site and integration from the key; who that is, in a sentence. */
	private static function by_key() {
		$me = App_Client::who_am_i( 10 );
		update_option( Options::SITE_ID, (int) $me['site']['id'], false );
		update_option( Options::INTEGRATION_ID, (int) $me['integration']['id'], false );
		Structure_Sync::schedule();
		/* translators: %s: name of the site in IGNY8. */
		return sprintf( __( 'Connected as "%s".', 'igny8' ), sanitize_text_field( (string) ( $me['site']['name'] ?? '' ) ) );
	}

	/** Finds the connection of this website for a person; without a key that opens it, gets a new one. */
	private static function by_password( array $given ) {
		if ( '' === $given['email'] ) {
			throw new \RuntimeException( __( 'Enter your e-mail address of IGNY8 with the password.', 'igny8' ) );
		}
		$person = new Person( $given['email'], $given['password'] );
		try {
			if ( '' !== $given['api_key'] || self::has_good_key() ) {
				self::check_key_of( $person );
				return;
			}
			$one = self::ours( $person, $given['site_id'] );
			update_option( Options::API_KEY, $person->new_key( $one['id'] ), false );
			Website::connected();
		} finally {
			$person->leave();
		}
	}

	/** Whether the stored key still opens the app. */
	private static function has_good_key() {
		try {
			return '' !== Options::api_key() && (bool) App_Client::who_am_i( 10 );
		} catch ( \RuntimeException $error ) {
			return false;
		}
	}

	/** The key is of a connection that the person manages. */
	private static function check_key_of( Person $person ) {
		$me  = App_Client::who_am_i( 10 );
		$ids = wp_list_pluck( $person->connections( (int) $me['site']['id'] ), 'id' );
		if ( ! in_array( (int) $me['integration']['id'], $ids, true ) ) {
			/* translators: %s: name of a site in IGNY8. */
			throw new \RuntimeException( sprintf( __( 'This API key belongs to the site "%s", which this person does not manage in IGNY8. Enter the key of your own site, or leave the key empty.', 'igny8' ), sanitize_text_field( (string) ( $me['site']['name'] ?? '' ) ) ) );
		}
	}

	/** The one connection that is for this website. */
	private static function ours( Person $person, $site_id ) {
		$all  = $person->connections( $site_id );
		$here = array_filter(
			$all,
			static function ( array $one ) {
				return Website::is_here( $one['base_url'] );
			}
		);
		if ( 1 === count( $here ) ) {
			return reset( $here );
		}
		if ( $here ) {
			$names = array_column( $here, 'site_name', 'site_id' );
			asort( $names );
			throw new Several_Sites( __( 'Several sites of IGNY8 have this website\'s address. Choose one below and enter the password once more.', 'igny8' ), $names );
		}
		if ( $all ) {
			/* translators: 1: address of this website, 2: names of sites with their addresses. */
			throw new \RuntimeException( sprintf( __( 'None of your sites in IGNY8 has the address of this website, %1$s. There are: %2$s. Change the address there, then connect again.', 'igny8' ), Website::address(), implode( ', ', array_map( array( self::class, 'named' ), array_slice( $all, 0, 5 ) ) ) ) );
		}
		/* translators: %s: address of this website. */
		throw new \RuntimeException( sprintf( __( 'There is no such site: IGNY8 has no WordPress connection that this person manages. Add the site there with the address %s, then connect again.', 'igny8' ), Website::address() ) );
	}

	/** A site with its address. */
	private static function named( array $one ) {
		return $one['site_name'] . ' (' . esc_url_raw( $one['base_url'] ) . ')';
	}

	/** The connection stands, whatever comes of this. */
	private static function tell_structure() {
		try {
			return Structure_Sync::run();
		} catch ( \RuntimeException $error ) {
			/* translators: %s: what happened. */
			return sprintf( __( 'The connection stands; only the structure of this website was not sent: %s "Sync now" tries it again.', 'igny8' ), $error->getMessage() );
		}
	}

	/** A new key from the app; the one before works for another day. */
	public static function renew_key() {
		$made = App_Client::post( self::path( 'rotate-key' ), array() );
		if ( ! is_string( $made['api_key'] ?? null ) || '' === $made['api_key'] ) {
			throw new \RuntimeException( __( 'IGNY8 sent no key. Make one on the site\'s page there and enter it here.', 'igny8' ) );
		}
		update_option( Options::API_KEY, $made['api_key'], false );
		return __( 'There is a new key. The one before works for another day, for what is on its way; end it at once where others may know it.', 'igny8' );
	}

	/** The key before the last change opens nothing any more. */
	public static function end_old_key() {
		App_Client::post( self::path( 'end-key' ), array( 'which' => 'old' ) );
		return __( 'The old key opens nothing any more.', 'igny8' );
	}

	/** Ends the key at the app too, and forgets the connection; posts stay. */
	public static function disconnect() {
		$message = __( 'Disconnected. The key opens nothing any more; posts stay as they are.', 'igny8' );
		try {
			App_Client::post( self::path( 'end-key' ), array( 'which' => 'all' ) );
		} catch ( \RuntimeException $error ) {
			if ( 401 !== $error->getCode() ) {
				/* translators: %s: what happened. */
				$message = sprintf( __( 'Disconnected here, but IGNY8 does not know it yet: %s End the key on the site\'s page there.', 'igny8' ), $error->getMessage() );
			}
		}
		self::forget();
		return $message;
	}

	/** Nothing of the connection stays, but for whose posts are whose. */
	public static function forget() {
		Structure_Sync::unschedule();
		array_map( 'delete_option', array( Options::API_KEY, Options::SITE_ID, Options::INTEGRATION_ID, Options::HOME, Options::HOME_HASH, Options::STRUCTURE_SYNCED, self::CONNECTION ) );
	}

	/** A message about the connection itself. */
	private static function path( $name ) {
		return 'integration/integrations/' . Options::integration_id() . "/$name/";
	}
}
