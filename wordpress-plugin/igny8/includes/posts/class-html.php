<?php
/**
 * The text of a content on its way into a post.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

defined( 'ABSPATH' ) || exit;

/** The declared replacements: image names become addresses, and what the author may not publish goes. */
final class Html {

	/** Refs of the images that the text wants to show. */
	public static function wanted_refs( $html ) {
		preg_match_all( '/\b(?:src|href|poster)\s*=\s*["\']igny8:([A-Za-z0-9_-]{1,100})["\']/i', $html, $matches );
		return array_values( array_unique( $matches[1] ) );
	}

	/** Addresses of images on other sites. */
	public static function foreign_images( $html ) {
		preg_match_all( '/<img\b[^>]*?\bsrc\s*=\s*(["\'])(https?:\/\/[^"\']+)\1/i', $html, $matches );
		$home = wp_parse_url( home_url(), PHP_URL_HOST );
		$urls = array();
		foreach ( array_unique( $matches[2] ) as $url ) {
			$url = html_entity_decode( $url );
			if ( wp_parse_url( $url, PHP_URL_HOST ) !== $home ) {
				$urls[] = $url;
			}
		}
		return $urls;
	}

	/**
	 * Puts addresses where the text has names.
	 *
	 * @param string $html      The text.
	 * @param array  $addresses igny8:<ref> or a foreign address → address here.
	 */
	public static function place_images( $html, array $addresses ) {
		$html = preg_replace_callback(
			'/igny8:[A-Za-z0-9_-]{1,100}/',
			static function ( $match ) use ( $addresses ) {
				return $addresses[ $match[0] ] ?? $match[0];
			},
			$html
		);
		foreach ( $addresses as $from => $to ) {
			if ( 0 !== strpos( $from, 'igny8:' ) ) {
				$html = str_replace( array( '"' . esc_html( $from ) . '"', '"' . $from . '"', "'$from'" ), array( '"' . $to . '"', '"' . $to . '"', "'$to'" ), $html );
			}
		}
		return $html;
	}

	/**
	 * The text as its author may publish it.
	 *
	 * @param string   $html   With addresses in place.
	 * @param \WP_User $author The author.
	 * @return array The text, and the names of what was removed: 'script', 'a[onclick]'.
	 */
	public static function clean( $html, \WP_User $author ) {
		if ( user_can( $author, 'unfiltered_html' ) ) {
			return array( $html, array() );
		}
		return self::filtered( $html, 'post' );
	}

	/**
	 * The same for an excerpt, which stands in lists and feeds: markup is filtered for every author.
	 *
	 * @param string   $html   May hold markup.
	 * @param \WP_User $author The author.
	 */
	public static function clean_excerpt( $html, \WP_User $author ) {
		return self::clean_short( $html, $author, 'post' );
	}

	/**
	 * The same for a title, of which WordPress lets less through.
	 *
	 * @param string   $title  May hold markup.
	 * @param \WP_User $author The author.
	 */
	public static function clean_title( $title, \WP_User $author ) {
		return self::clean_short( $title, $author, 'title_save_pre' );
	}

	/** Of an author who may publish anything only markup is filtered, and a bare "&" stays one. */
	private static function clean_short( $html, \WP_User $author, $context ) {
		list( $clean, $removed ) = self::filtered( $html, $context );
		$same                    = str_replace( '&amp;', '&', $clean ) === str_replace( '&amp;', '&', $html );
		$trusted                 = user_can( $author, 'unfiltered_html' );
		return $trusted && ( $same || self::is_text( $html ) ) ? array( $html, array() ) : array( $clean, $removed );
	}

	/** A caption: a line whose markup is filtered, whoever publishes it. */
	public static function line( $html ) {
		return self::is_text( $html ) ? $html : self::filtered( $html, 'title_save_pre' )[0];
	}

	/** A text that is never markup: what looks like a tag goes. */
	public static function plain( $text ) {
		return self::is_text( $text ) ? $text : (string) preg_replace( '#</?[a-z!?/][^>]*(>|$)#i', '', self::without_code( $text ) );
	}

	/** Nothing in it can be a tag. */
	private static function is_text( $text ) {
		return false === strpos( $text, '<' );
	}

	/** Through WordPress's own filter; and the names of what it removed. */
	private static function filtered( $html, $context ) {
		$clean = (string) wp_kses( self::without_code( $html ), $context );
		return array( $clean, self::difference( $html, $clean ) );
	}

	/**
	 * The filter removes tags and leaves what stood between them: the code of a script is no text.
	 * Where there is more of it than PHP will look through, it stays as text, and its tags go.
	 */
	private static function without_code( $html ) {
		return preg_replace( '#<(script|style)\b[^>]*>.*?</\1\s*>#is', '', $html ) ?? (string) wp_kses( $html, 'post' );
	}

	/** Tags and attributes of the first that the second lacks. */
	private static function difference( $before, $after ) {
		$removed = array();
		$left    = self::inventory( $after );
		foreach ( self::inventory( $before ) as $key => $count ) {
			if ( $count > ( $left[ $key ] ?? 0 ) ) {
				$removed[] = strtok( $key, '=' );
			}
		}
		return self::without_consequences( array_values( array_unique( $removed ) ) );
	}

	/** When a tag went, its attributes went with it and need no line of their own. */
	private static function without_consequences( array $removed ) {
		return array_values(
			array_filter(
				$removed,
				static function ( $name ) use ( $removed ) {
					return false === strpos( $name, '[' ) || ! in_array( strstr( $name, '[', true ), $removed, true );
				}
			)
		);
	}

	/** How often each tag and each attribute with its value occurs. */
	private static function inventory( $html ) {
		$counts = array();
		preg_match_all( '/<([a-z][a-z0-9:-]*)((?:[^>"\']|"[^"]*"|\'[^\']*\')*)>/i', $html, $tags, PREG_SET_ORDER );
		foreach ( $tags as $tag ) {
			$name            = strtolower( $tag[1] );
			$counts[ $name ] = ( $counts[ $name ] ?? 0 ) + 1;
			preg_match_all( '/([a-z_:@][a-z0-9_:.@-]*)(?:\s*=\s*("[^"]*"|\'[^\']*\'|[^\s"\'>]+))?/i', $tag[2], $attributes, PREG_SET_ORDER );
			foreach ( $attributes as $attribute ) {
				$value          = self::normal_value( $attribute[2] ?? '' );
				$key            = $name . '[' . strtolower( $attribute[1] ) . ']=' . $value;
				$counts[ $key ] = ( $counts[ $key ] ?? 0 ) + 1;
			}
		}
		return $counts;
	}

	/** A value without its quotes, entities and the spacing that kses normalises in styles. */
	private static function normal_value( $value ) {
		return preg_replace( '/[\s;]+/', '', html_entity_decode( trim( $value, '"\'' ), ENT_QUOTES ) );
	}
}
