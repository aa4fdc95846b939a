<?php
/**
 * Whether the website names a term.
 *
 * @package Igny8
 */

namespace Igny8\Terms;

use Igny8\Database\Look;
use Igny8\Media\Mention;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- one look into every table that may name a term; every value is prepared.

/**
 * Looks for a term's id and slug in blocks, shortcodes and widgets, and in fields of people and of SEO
 * plugins. They count only within an attribute that says what they are of, or shortly after it: ids are
 * small, and slugs are words.
 */
final class Term_Mention {

	/** A word of taxonomies: it begins so, or it has this in it. */
	const WORD = '((^|[^a-z])(tax|cat|term|tag)|categor|taxonom)[a-z0-9_-]*';

	/** What makes it the name of an attribute: a quotation mark, also an escaped one, or what follows a name. */
	const NAMES = '((\\\\)?' . Mention::QUOTE . '| *[=:]|\\[)';

	/** The term's id. @var int */
	private $id;
	/** Its slug as it is stored. @var string */
	private $slug;
	/** Posts that were written before are passed by, see Look. @var array|null */
	private $since;

	/**
	 * For one term.
	 *
	 * @param int        $id    The term.
	 * @param array|null $since Before this it was not there to be named; null: nobody knows.
	 */
	public function __construct( $id, ?array $since ) {
		$this->id    = (int) $id;
		$this->slug  = (string) ( Term_Removal::words( $id )['slug'] ?? '' );
		$this->since = $since;
	}

	/** Whether anything names it. */
	public function is_found() {
		global $wpdb;
		return $this->is_in( $wpdb->posts, 'post_content', 'post_content', "post_type <> 'revision' AND " . Look::written_since( $this->since ) )
			|| $this->is_in( $wpdb->usermeta, 'meta_value', "CONCAT( meta_key, '=', meta_value )", "meta_key <> 'session_tokens'" )
			|| $this->is_in( $wpdb->postmeta, 'meta_value', "CONCAT( meta_key, '=\"', meta_value, '\"' )", "meta_key LIKE '%primary%'" )
			|| $this->is_in( $wpdb->options, 'option_value', "CONCAT( option_name, '=\"', option_value, '\"' )", self::options() );
	}

	/**
	 * One column; a plain search first, which is cheap.
	 *
	 * @param string $table  The table.
	 * @param string $column Its column.
	 * @param string $text   SQL: the column with what it stands in.
	 * @param string $rows   SQL: the rows that count.
	 */
	private function is_in( $table, $column, $text, $rows ) {
		global $wpdb;
		$likes = array();
		foreach ( array_filter( array( (string) $this->id, $this->slug ), 'strlen' ) as $needle ) {
			$likes[] = $wpdb->prepare( "$column LIKE %s", '%' . $wpdb->esc_like( $needle ) . '%' );
		}
		return Look::finds( "$table WHERE $rows AND ( " . implode( ' OR ', $likes ) . ' ) AND ' . $wpdb->prepare( "$text REGEXP %s", $this->pattern() ) );
	}

	/** SQL: options of people that may be about terms. Children of a term WordPress notes by itself, and links have terms of their own. */
	private static function options() {
		global $wpdb;
		$notes = array( "option_name <> 'default_link_category'" );
		foreach ( get_taxonomies( array( 'hierarchical' => true ) ) as $taxonomy ) {
			$notes[] = $wpdb->prepare( 'option_name <> %s', "{$taxonomy}_children" );
		}
		$kinds = array( 'widget%', 'theme_mods%', '%categor%', '%term%' );
		$some  = $wpdb->prepare( '( 1 = 0' . str_repeat( ' OR option_name LIKE %s', count( $kinds ) ) . ' )', ...$kinds );
		return implode( ' AND ', array_merge( $notes, array( $some ) ) );
	}

	/** How it stands there. */
	private function pattern() {
		$slug = Mention::quoted( $this->slug );
		$name = '' === $slug ? $this->id : "($this->id|$slug)";
		return self::WORD . self::NAMES . "([^<>]{0,200}[^0-9a-z_-])?$name([^0-9a-z_:-]|\$)";
	}
}
