<?php
/**
 * What proves that a row is ours.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

defined( 'ABSPATH' ) || exit;

/**
 * A mark is random, noted in the undo list before its row exists, and stored by the same statement
 * that makes the row: as an attachment's slug, a new post's guid, a new term's group. So what a
 * dead request has made is found again, and nothing else is.
 */
final class Marks {

	/** Argument of WordPress's inserting functions that carries a mark to the filters below. */
	const ARGUMENT = 'igny8_mark';

	/** A mark for a post or an attachment; no page wants it as its slug. */
	public static function fresh() {
		return 'igny8-' . bin2hex( random_bytes( 12 ) );
	}

	/** A mark for a term, whose group is a number and normally 0. */
	public static function fresh_group() {
		return random_int( 1 << 29, PHP_INT_MAX >> 1 );
	}

	/** Filter wp_insert_attachment_data, after every other plugin. */
	public static function keep_attachment( $data, $arguments ) {
		return array_merge( $data, isset( $arguments[ self::ARGUMENT ] ) ? array( 'post_name' => $arguments[ self::ARGUMENT ] ) : array() );
	}

	/** Filter wp_insert_post_data, after every other plugin. */
	public static function keep_post( $data, $arguments ) {
		return array_merge( $data, isset( $arguments[ self::ARGUMENT ] ) ? array( 'guid' => $arguments[ self::ARGUMENT ] ) : array() );
	}

	/** Filter wp_insert_term_data, after every other plugin. */
	public static function keep_term( ...$given ) {
		list( $data, , $arguments ) = $given;
		return array_merge( $data, isset( $arguments[ self::ARGUMENT ] ) ? array( 'term_group' => $arguments[ self::ARGUMENT ] ) : array() );
	}
}
