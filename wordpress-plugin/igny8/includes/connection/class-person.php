<?php
/**
 * Somebody of the app who connects this website.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Rest\App_Client;
use Igny8\Rest\App_Refusal;

defined( 'ABSPATH' ) || exit;

/** Signed in for the calls of one request: the password and the two tokens are stored nowhere. */
final class Person {

	/** Opens the app. @var string */
	private $access;
	/** Makes the next pair of tokens. @var string */
	private $refresh;

	/**
	 * Signs in.
	 *
	 * @param string $email    E-mail address.
	 * @param string $password Password, as typed.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public function __construct( $email, $password ) {
		$this->take( self::login( $email, $password ) );
	}

	/** The app's answer to a password. */
	private static function login( $email, $password ) {
		$given = array(
			'email'    => $email,
			'password' => $password,
		);
		return App_Client::as_person( 'POST', '/api/v1/auth/login/', $given, '' );
	}

	/** The tokens of an answer. */
	private function take( array $answer ) {
		if ( ! is_string( $answer['data']['access'] ?? null ) || ! is_string( $answer['data']['refresh'] ?? null ) ) {
			throw App_Refusal::is_none( 200 );
		}
		$this->access  = $answer['data']['access'];
		$this->refresh = $answer['data']['refresh'];
	}

	/**
	 * The WordPress connections that the person manages.
	 *
	 * @param int $site_id Of this site only; 0: of all.
	 * @return array[] Each with id, site_id (numbers), site_name and base_url.
	 */
	public function connections( $site_id = 0 ) {
		$site   = $site_id ? "site=$site_id&" : '';
		$answer = $this->call( 'GET', "/api/v1/integration/integrations/?{$site}platform=wordpress&is_active=true&page_size=200" );
		$rows   = $answer['results'] ?? $answer['data'] ?? $answer;
		$found  = array();
		foreach ( is_array( $rows ) ? $rows : array() as $row ) {
			if ( is_array( $row ) && is_numeric( $row['id'] ?? null ) ) {
				$found[] = array(
					'id'        => (int) $row['id'],
					'site_id'   => (int) ( $row['site_id'] ?? $row['site'] ?? 0 ),
					'site_name' => sanitize_text_field( (string) ( $row['site_name'] ?? '' ) ),
					'base_url'  => (string) ( $row['base_url'] ?? '' ),
				);
			}
		}
		return $found;
	}

	/** A new key of a connection; the one before works for another day. */
	public function new_key( $integration_id ) {
		$answer = $this->call( 'POST', "/api/v1/integration/integrations/$integration_id/rotate-key/", array() );
		if ( ! is_string( $answer['data']['api_key'] ?? null ) ) {
			throw App_Refusal::is_none( 200 );
		}
		return $answer['data']['api_key'];
	}

	/** A call; where the pass has ended meanwhile, once more with the next. */
	private function call( $method, $path, $body = null ) {
		try {
			return App_Client::as_person( $method, $path, $body, $this->access );
		} catch ( \RuntimeException $error ) {
			if ( 401 !== $error->getCode() ) {
				throw $error;
			}
		}
		$this->take( App_Client::as_person( 'POST', '/api/v1/auth/refresh/', array( 'refresh' => $this->refresh ), '' ) );
		return App_Client::as_person( $method, $path, $body, $this->access );
	}

	/** Gives the tokens up; where the app does not hear it, they end by themselves within minutes. */
	public function leave() {
		try {
			App_Client::as_person( 'POST', '/api/v1/auth/logout/', array( 'refresh' => $this->refresh ), '' );
		} catch ( \RuntimeException $error ) {
			unset( $error );
		}
		$this->access  = '';
		$this->refresh = '';
	}
}
