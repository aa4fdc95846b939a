<?php
/**
 * Names of terms.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

use Igny8\Database\Charset;

defined( 'ABSPATH' ) || exit;

/** How WordPress stores a name, and when two names are the same. */
final class Term_Name {

	/**
	 * A name as WordPress stores it: "Q&A" becomes "Q&amp;A".
	 *
	 * @param string $name     Plain text.
	 * @param string $taxonomy Where.
	 */
	public static function stored( $name, $taxonomy ) {
		return trim( wp_unslash( sanitize_term_field( 'name', wp_slash( self::safe( $name ) ), 0, $taxonomy, 'db' ) ) );
	}

	/** A name of which WordPress takes nothing for code, for it drops "%ab" and what stands in tags; as the database can hold it. */
	public static function safe( $name ) {
		global $wpdb;
		return Charset::fit( $wpdb->terms, 'name', preg_replace( '/%(?=[a-f0-9]{2})/i', '&#37;', wp_strip_all_tags( $name ) ), 'name' );
	}

	/** A stored name as people read it. */
	public static function plain( $stored ) {
		return html_entity_decode( $stored, ENT_QUOTES | ENT_HTML5, 'UTF-8' );
	}

	/**
	 * What is left of a name without case, spaces, hyphens and accents: where that is the same, two
	 * names mean one term. The app folds them in the same way (webapp/writer/terms.py).
	 *
	 * @param string $stored As WordPress stores it.
	 */
	public static function folded( $stored ) {
		$name = remove_accents( self::plain( $stored ), 'en_US' );
		$name = function_exists( 'mb_convert_case' ) ? mb_convert_case( $name, MB_CASE_FOLD, 'UTF-8' ) : strtolower( $name );
		$bare = preg_replace( '/[\s\x{00A0}\x{00AD}\x{2000}-\x{200A}\x{2010}-\x{2015}\x{202F}\x{3000}-]+/u', '', $name );
		return '' === (string) $bare ? $name : $bare;
	}
}
