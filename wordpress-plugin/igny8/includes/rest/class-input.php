<?php
/**
 * Reading typed values out of a JSON body.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** A JSON object of the app; every accessor refuses a wrong type with CONTENT_INVALID (400). */
final class Input {

	/** The decoded body. @var array */
	private $body;

	/** Where the object stands in the request, for messages: 'gallery[2].' or ''. @var string */
	private $place;

	/**
	 * Wraps a body.
	 *
	 * @param array  $body  Decoded JSON object.
	 * @param string $field Field that holds it, or '' for the request itself.
	 */
	public function __construct( array $body, $field = '' ) {
		$this->body  = $body;
		$this->place = '' === $field ? '' : $field . '.';
	}

	/** A whole number of at least 1. */
	public function number( $name ) {
		$value = $this->optional_number( $name );
		return null === $value ? $this->fail( $name, 'is missing' ) : $value;
	}

	/** A whole number of at least 1, or null. */
	public function optional_number( $name ) {
		$value = $this->body[ $name ] ?? null;
		if ( null === $value || ( is_int( $value ) && $value >= 1 ) ) {
			return $value;
		}
		return $this->fail( $name, 'must be a whole number of at least 1' );
	}

	/** Text; '' where missing or null. */
	public function text( $name ) {
		$value = $this->body[ $name ] ?? '';
		return is_string( $value ) ? $value : $this->fail( $name, 'must be text' );
	}

	/** Text that must match a pattern. */
	public function matching( $name, $pattern, $hint ) {
		$value = $this->text( $name );
		return preg_match( $pattern, $value ) ? $value : $this->fail( $name, $hint );
	}

	/** A SHA-256 in lower-case hex, or '' where it may be missing. */
	public function sha256( $name, $required ) {
		$value = $this->text( $name );
		return '' === $value && ! $required ? '' : $this->matching( $name, '/^[0-9a-f]{64}$/D', 'must be a SHA-256 in hex' );
	}

	/** One of a few words. */
	public function choice( $name, array $choices, $fallback = null ) {
		$value = $this->body[ $name ] ?? $fallback;
		return in_array( $value, $choices, true ) ? $value : $this->fail( $name, 'must be one of ' . implode( ', ', $choices ) );
	}

	/** True or false; false where missing. */
	public function flag( $name ) {
		$value = $this->body[ $name ] ?? false;
		return is_bool( $value ) ? $value : $this->fail( $name, 'must be true or false' );
	}

	/**
	 * A list, each item made by $make( item, field name ).
	 *
	 * @param string   $name Field.
	 * @param callable $make Makes an item or throws.
	 */
	public function items( $name, callable $make ) {
		$value = $this->body[ $name ] ?? array();
		if ( ! is_array( $value ) || array_values( $value ) !== $value ) {
			$this->fail( $name, 'must be a list' );
		}
		$items = array();
		foreach ( $value as $index => $item ) {
			$items[] = $make( $item, "{$name}[$index]" );
		}
		return $items;
	}

	/** An object inside the body, or null. */
	public function object( $name ) {
		$value = $this->body[ $name ] ?? null;
		return null === $value || is_array( $value ) ? $value : $this->fail( $name, 'must be an object' );
	}

	/** Refuses a field of this object. */
	private function fail( $name, $what ) {
		return self::refuse( $this->place . $name, $what );
	}

	/**
	 * Refuses a field.
	 *
	 * @param string $name Field.
	 * @param string $what What is wrong with it.
	 * @throws Problem Always.
	 */
	public static function refuse( $name, $what ) {
		throw new Problem( 'CONTENT_INVALID', "The field $name $what.", 'validation', array( 'field' => $name ) );
	}
}
