<?php
/**
 * How a field differs, for people.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

defined( 'ABSPATH' ) || exit;

/** Two texts of a field, cut to where they part. */
final class Difference {

	/** Both texts from shortly before the place where they part. */
	public static function of( $name, $left, $there ) {
		$same  = null === $left ? 0 : strspn( $left ^ $there, "\0" );
		$start = $same > Baseline::SHOWN / 2 ? $same - 60 : 0;
		$whole = 0 === $start && mb_strlen( (string) $left ) < Baseline::SHOWN && mb_strlen( $there ) < Baseline::SHOWN;
		$left  = null === $left ? null : self::cut( $left, $start );
		return array( 'field' => $name, 'left' => $left, 'there' => self::cut( $there, $start ), 'shortened' => ! $whole ); // phpcs:ignore WordPress.Arrays
	}

	/** A part of a text, never half a character. */
	private static function cut( $text, $start ) {
		while ( $start > 0 && 0x80 === ( ord( substr( $text, $start, 1 ) ) & 0xC0 ) ) {
			--$start;
		}
		return mb_substr( substr( $text, $start ), 0, Baseline::SHOWN );
	}
}
