<?php
/**
 * A release of the plugin, as its publisher signed it.
 *
 * @package Igny8
 */

namespace Igny8\Update;

defined( 'ABSPATH' ) || exit;

/**
 * What the publisher says of a release: its version, its file by size and SHA-256, what it needs and
 * what is new. All of it is covered by the signature: nothing that only the app says is believed.
 */
final class Release {

	/** Signed along, so that no signature of another purpose passes for one of a release. */
	const PURPOSE = "IGNY8 plugin release 1\n";

	/** A zip beyond that is none of ours. */
	const LARGEST = 20 * MB_IN_BYTES;

	/** The version. @var string */
	public $version;

	/** Bytes of the zip. @var int */
	public $size;

	/** SHA-256 of the zip in hex. @var string */
	public $sha256;

	/** The oldest WordPress that it runs on. @var string */
	public $requires;

	/** The oldest PHP. @var string */
	public $requires_php;

	/** The newest WordPress that it was tested with. @var string */
	public $tested;

	/** Sentences about what is new. @var string[] */
	public $changes;

	/**
	 * Reads what the app tells of its release.
	 *
	 * @param array $told Data of plugin/release/.
	 * @return self|null Null where the app has no signed release.
	 * @throws \RuntimeException With a sentence, where it is not the publisher's.
	 */
	public static function of( array $told ) {
		if ( ! isset( $told['release'] ) ) {
			return null;
		}
		$text      = is_string( $told['release'] ) ? $told['release'] : '';
		$signature = is_string( $told['signature'] ?? null ) ? $told['signature'] : '';
		if ( ! self::is_signed( $text, (string) base64_decode( $signature, true ) ) ) { // phpcs:ignore WordPress.PHP
			throw new \RuntimeException( __( 'The release that IGNY8 offers is not signed by the publisher of this plugin. Nothing is installed.', 'igny8' ) );
		}
		return new self( (array) json_decode( $text, true ) );
	}

	/**
	 * What was signed.
	 *
	 * @param array $said The release's own words.
	 * @throws \RuntimeException Where they are not those of a release of this plugin.
	 */
	private function __construct( array $said ) {
		$text = static function ( $name, $form ) use ( $said ) {
			$value = $said[ $name ] ?? null;
			return is_string( $value ) && preg_match( $form, $value ) ? $value : '';
		};

		$this->version      = $text( 'version', '/^[0-9]+(\.[0-9]+){1,3}$/D' );
		$this->sha256       = $text( 'sha256', '/^[0-9a-f]{64}$/D' );
		$this->requires     = $text( 'requires', '/^[0-9.]{1,10}$/D' );
		$this->requires_php = $text( 'requires_php', '/^[0-9.]{1,10}$/D' );
		$this->tested       = $text( 'tested', '/^[0-9.]{1,10}$/D' );
		$this->size         = is_int( $said['size'] ?? null ) ? $said['size'] : 0;
		$this->changes      = array_filter( (array) ( $said['changes'] ?? array() ), 'is_string' );
		if ( 'igny8' !== ( $said['name'] ?? '' ) || '' === $this->version || '' === $this->sha256 || $this->size < 1 || $this->size > self::LARGEST ) {
			throw new \RuntimeException( __( 'What IGNY8 offers is not a release of this plugin. Nothing is installed.', 'igny8' ) );
		}
	}

	/** Whether it is newer than what is installed. */
	public function is_newer() {
		return version_compare( $this->version, \Igny8\VERSION, '>' );
	}

	/** Whether one of the publisher's keys signed exactly this text. */
	private static function is_signed( $text, $signature ) {
		if ( SODIUM_CRYPTO_SIGN_BYTES !== strlen( $signature ) ) {
			return false;
		}
		foreach ( Keys::PUBLISHER as $written ) {
			$key = (string) base64_decode( $written, true ); // phpcs:ignore WordPress.PHP
			if ( SODIUM_CRYPTO_SIGN_PUBLICKEYBYTES === strlen( $key ) && sodium_crypto_sign_verify_detached( $signature, self::PURPOSE . $text, $key ) ) {
				return true;
			}
		}
		return false;
	}
}
