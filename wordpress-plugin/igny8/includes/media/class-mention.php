<?php
/**
 * How a text mentions an attachment.
 *
 * @package Igny8
 */

namespace Igny8\Media;

defined( 'ABSPATH' ) || exit;

/**
 * Patterns for the database. Every database reads a set without brackets, `&` and backslashes alike,
 * and a backslash before any other sign than a letter. White space stands in sets as it is.
 */
final class Mention {

	/** White space. */
	const SPACE = "[ \n\r\t]";

	/** A quotation mark, also as an entity. */
	const QUOTE = "([\"']|&quot;|&#0*3[49];|&#x2[27];)";

	/**
	 * An id where it stands as a value; a number in a sentence is none.
	 *
	 * @param int $id The attachment.
	 * @return string
	 */
	public static function of_id( $id ) {
		$space    = self::SPACE;
		$patterns = array(
			// A class, and the address of an attachment's page.
			"(wp-image-|attachment_|attachment_id=)$id([^0-9]|\$)",
			// Quoted, an attribute, in a list, JSON, serialised PHP, or the whole value; also within entities and escaped quotation marks.
			"(^|[\"',:=|]|\\[|, |&quot;|&#0*3[49];|&#x2[27];|&#91;)$id([\"',;}|]|&|\\\\|\\]|\$)",
			// An attribute without quotation marks: `[gallery ids=1,2 columns=3]`.
			"=([0-9]+,)*$id([/>]|$space)",
			// A quoted list with anything that parts numbers: `ids="12 13"`, `" ,12 ,"`.
			self::QUOTE . "[0-9,;| ]*[,;| ]{$id}([,;| ][0-9,;| ]*)?" . self::QUOTE . '|' . self::QUOTE . "{$id}[,;| ][0-9,;| ]*" . self::QUOTE,
			// With the name of a size: `"38:full"`, `"38-full"`.
			self::QUOTE . "{$id}[:-][a-z][a-z_]*(\\\\)?" . self::QUOTE,
			// JSON with white space: after a key, between brackets, on a line of its own.
			self::QUOTE . "$space*:$space*$id($space|[,}]|\\]|\$)",
			"\\[$space*$id$space*(,|\\])|,$space*$id$space*\\]",
			"[\n\r][ \t]*$id,?[ \t]*([\n\r]|\$)",
			// Within an address: quotation mark, comma, colon, equals sign, bracket, bar.
			"%(22|27|2[Cc]|3[Aa]|3[Dd]|5[Bb]|7[Cc])(%20|\\+)*$id([%\"']|&|\$)",
			// A value that is nothing but a list of numbers.
			"^([0-9,;| \n\r\t]*[,;| \n\r\t])?$id([,;| \n\r\t][0-9,;| \n\r\t]*)?\$",
		);
		return implode( '|', $patterns );
	}

	/**
	 * A file or one of its sizes.
	 *
	 * @param string   $name    Its name without an ending.
	 * @param string[] $endings How it may end.
	 */
	public static function of_file( $name, array $endings ) {
		return "(^|[/\"'=(,;|>: \n\r\t]|%2[Ff])" . self::quoted( $name ) . '(-scaled|-rotated|-[0-9]+x[0-9]+|-e[0-9]+)*[.](' . implode( '|', $endings ) . ')([^a-z0-9]|$)';
	}

	/** The address of an attachment's own page. */
	public static function of_page( $slug ) {
		return '/' . self::quoted( $slug ) . '([^a-z0-9_%-]|$)';
	}

	/** A text of which nothing is a sign of the pattern. */
	public static function quoted( $text ) {
		return preg_replace( '/[^\w\x80-\xff-]/', '\\\\$0', $text );
	}
}
