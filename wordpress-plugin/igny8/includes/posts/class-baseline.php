<?php
/**
 * What the last publication left.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Database\Database;
use Igny8\Seo\Seo;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- our own private row, read and written past every cache and hook; every value is prepared.

/**
 * A post field by field, as the last publication left it, so that what somebody changed in
 * WordPress since is seen and not overwritten unasked. Kept in post meta: of each field a hash,
 * and so much of its text as a person needs to recognise it.
 */
final class Baseline {

	const META = '_igny8_baseline';

	/** Begins the names of the fields of the separate gallery post. */
	const GALLERY = Fields::GALLERY;

	/** Characters of a value that are kept and shown; a text is kept whole where it is small when packed. */
	const SHOWN  = 300;
	const PACKED = 6000;

	/** Field → array( hash, text ). @var array */
	private $fields;
	/** Name of the SEO plugin whose fields these are; '' : unknown. @var string */
	private $seo;
	/** Hash of title, text, excerpt and slug where a plugin of before left only that; '' : not needed. @var string */
	private $stored_hash = '';
	/** Field → hash of a later state that the app was told of and did not take over. @var string[] */
	private $told = array();

	/** See the makers. */
	private function __construct( array $fields, $seo ) {
		$this->fields = $fields;
		$this->seo    = $seo;
	}

	/**
	 * A post as it stands now.
	 *
	 * @param object $row  Its row.
	 * @param array  $meta Its meta.
	 */
	public static function now( $row, array $meta ) {
		return new self( Fields::of( $row, $meta ), Seo::active()->name() );
	}

	/**
	 * What was left of a post; without fields where nobody knows.
	 *
	 * @param object $row  Its row.
	 * @param array  $meta Its meta.
	 */
	public static function left( $row, array $meta ) {
		$kept = json_decode( $meta[ self::META ] ?? '', true );
		if ( is_array( $kept ) && isset( $kept['fields'] ) ) {
			$left       = new self( $kept['fields'], $kept['seo'] );
			$left->told = (array) ( $kept['told'] ?? array() );
			$left->unpack( (string) ( $kept['packed'] ?? '' ) );
		} else {
			$left = self::of_answer( $row );
		}
		$left->stored_hash = isset( $left->fields['content'] ) ? '' : $meta[ Posts::STORED_HASH ] ?? '';
		return $left;
	}

	/** Remembers a post as it stands, inside the transaction that writes it: later it may be somebody's edit. That it gets a date when it goes public is none. */
	public static function keep( $row ) {
		$now = self::now( $row, Posts::meta( (int) $row->ID ) );
		if ( ! Posts::is_dated( $row ) ) {
			unset( $now->fields['date'] );
		}
		$now->write( (int) $row->ID, $row->post_content );
	}

	/** Whether title, text, excerpt and address are what the kept hash says; the trash changes the address. */
	public static function is_stored( $row, array $meta ) {
		$before = clone $row;
		if ( 'trash' === $row->post_status ) {
			$before->post_name = $meta['_wp_desired_post_slug'] ?? $row->post_name;
		}
		return in_array( $meta[ Posts::STORED_HASH ] ?? '', array( Posts::stored_hash( $row ), Posts::stored_hash( $before ) ), true );
	}

	/** A post as it stands now; null: it is gone. */
	public static function standing( $post_id ) {
		$row = Posts::row( $post_id );
		return $row ? self::now( $row, Posts::meta( $post_id ) ) : null;
	}

	/**
	 * We took the post offline, or are about to: only its status is not an edit of somebody's.
	 * We made it public: nor is what other plugins changed meanwhile.
	 *
	 * @param int         $post_id The post.
	 * @param self|null   $before  The post before it went public.
	 * @param string|null $gallery The status that we gave its gallery post, too.
	 */
	public static function follow( $post_id, ?self $before = null, $gallery = null ) {
		$row = Posts::row( $post_id );
		if ( ! $row ) {
			return;
		}
		$meta    = Posts::meta( $post_id );
		$left    = self::left( $row, $meta );
		$content = $left->fields['content'][1] ?? '';
		foreach ( $before ? self::now( $row, $meta )->fields : array() as $name => $field ) {
			if ( isset( $left->fields[ $name ], $before->fields[ $name ] ) && $left->fields[ $name ][0] === $before->fields[ $name ][0] ) {
				$left->take( $name, $field );
				$content = 'content' === $name ? $row->post_content : $content;
			}
		}
		$left->take( 'status', Fields::field( $row->post_status ) );
		if ( isset( $left->fields[ self::GALLERY . 'status' ] ) && null !== $gallery ) {
			$left->fields[ self::GALLERY . 'status' ] = Fields::field( $gallery );
		}
		$left->write( $post_id, $content );
	}

	/** From now on this is what the field was left as. */
	private function take( $name, array $field ) {
		$this->fields[ $name ] = $field;
		unset( $this->told[ $name ] );
	}

	/**
	 * The fields, of those named, that differ from what the app knows: from what it left, or from what
	 * it was told last. Fields that nobody wrote down count as unchanged.
	 *
	 * @param self     $now   The post as it stands.
	 * @param string[] $names Of which fields.
	 * @return array Field → what was left and what stands there: array( hash, text, terms ).
	 */
	public function untold( self $now, array $names ) {
		$found = array();
		foreach ( $names as $name ) {
			$known = $this->told[ $name ] ?? $this->fields[ $name ][0] ?? null;
			if ( null !== $known && isset( $now->fields[ $name ] ) && $now->fields[ $name ][0] !== $known ) {
				$found[ $name ] = array( $this->fields[ $name ], $now->fields[ $name ] );
			}
		}
		return $found;
	}

	/** The text of a field that untold() gave; null where not all of it was kept. */
	public static function whole( array $field ) {
		return Fields::field( $field[1] )[0] === $field[0] ? $field[1] : null;
	}

	/**
	 * The app was told how fields stand; those that it took over are now as if it had left them so.
	 * Inside a transaction that holds the post's row.
	 *
	 * @param object   $row   The post's row.
	 * @param array    $sent  Field → array( hash, text, terms ), as it was told.
	 * @param string[] $taken Of those, what it took over.
	 */
	public static function heard( $row, array $sent, array $taken ) {
		$post_id = (int) $row->ID;
		$meta    = Posts::meta( $post_id );
		$left    = self::left( $row, $meta );
		$content = $left->fields['content'][1] ?? '';
		foreach ( $sent as $name => $field ) {
			if ( in_array( $name, $taken, true ) ) {
				$left->take( $name, $field );
				$content = 'content' === $name ? $field[1] : $content;
			} else {
				$left->told[ $name ] = $field[0];
			}
		}
		$left->write( $post_id, $content );
		if ( array_intersect( Fields::TEXTS, $taken ) && ! self::left( $row, Posts::meta( $post_id ) )->untold( self::now( $row, $meta ), Fields::TEXTS ) ) {
			update_post_meta( $post_id, Posts::STORED_HASH, Posts::stored_hash( $row ) );
		}
	}

	/** The status in which its gallery post was left; '' where it has none. */
	public function gallery_status() {
		return $this->fields[ self::GALLERY . 'status' ][1] ?? '';
	}

	/** We deleted its gallery post or took it offline: that is no edit. */
	public static function follow_gallery( $post_id, $status ) {
		$row  = Posts::row( $post_id );
		$left = $row ? self::left( $row, Posts::meta( $post_id ) ) : null;
		if ( $left && isset( $left->fields[ self::GALLERY . 'status' ] ) ) {
			$left->fields[ self::GALLERY . 'status' ] = Fields::field( $status );
			$left->write( $post_id, $left->fields['content'][1] ?? '' );
		}
	}

	/** Whether a post's gallery post is as this says; where it says nothing of one, nobody knows better. */
	public function has_gallery_of( self $other ) {
		foreach ( $other->fields as $name => $field ) {
			if ( 0 === strpos( $name, self::GALLERY ) && isset( $this->fields[ $name ] ) && $this->fields[ $name ][0] !== $field[0] ) {
				return false;
			}
		}
		return true;
	}

	/** Whether its gallery post has the fields that the last publication or retraction left. */
	public static function gallery_has_our_fields( $post_id ) {
		$row  = Posts::row( $post_id );
		$meta = $row ? Posts::meta( $post_id ) : array();
		return ! $row || self::left( $row, $meta )->has_gallery_of( self::now( $row, $meta ) );
	}

	/** Whether nothing of anybody's is lost with its gallery post. */
	public static function gallery_is_as_left( $post_id ) {
		$meta = Posts::meta( $post_id );
		$id   = Posts::overflow_of( $meta[ Posts::INSTALLATION ] ?? '', (int) ( $meta[ Posts::CONTENT_ID ] ?? 0 ) );
		return self::gallery_has_our_fields( $post_id ) && ! Gallery::has_more( $id );
	}

	/** One hash of everything, by which the app names what it has shown. */
	public function hash() {
		return hash( 'sha256', wp_json_encode( array( $this->seo, wp_list_pluck( $this->fields, 0 ) ) ) );
	}

	/**
	 * What is different from this in another state of the same post.
	 *
	 * @param self   $now The other state.
	 * @param object $row The post's row.
	 * @return array Each field with what we left and what stands there.
	 */
	public function differences( self $now, $row ) {
		$list = array();
		foreach ( $now->fields as $name => $there ) {
			// Words in another SEO plugin than ours were in are somebody's, unless they are what we wrote.
			$is_new = '' !== $this->seo && ! isset( $this->fields[ $name ] ) && 0 === strpos( $name, 'seo:' );
			$ours   = $is_new ? array_merge( array( Fields::field( '' )[0] ), wp_list_pluck( $this->fields, 0 ) ) : array( $this->fields[ $name ][0] ?? $there[0] );
			if ( ! in_array( $there[0], $ours, true ) ) {
				$list[] = self::difference( $name, $is_new ? '' : $this->known_text( $name, $there[1] ), $there[1] );
			}
		}
		$told = array_intersect( array( 'title', 'slug' ), wp_list_pluck( $list, 'field' ) );
		if ( '' !== $this->stored_hash && ! $told && Posts::stored_hash( $row ) !== $this->stored_hash ) {
			$list[] = self::difference( 'content', null, $now->fields['content'][1] );
		}
		return $list;
	}

	/** What we left in a field; null where only its beginning was kept, and that has not changed. */
	private function known_text( $name, $there ) {
		list( $hash, $text ) = $this->fields[ $name ];
		$is_cut              = mb_strlen( $text ) >= self::SHOWN && Fields::field( $text )[0] !== $hash;
		return $is_cut && 0 === strpos( $there, $text ) ? null : $text;
	}

	/** Both texts from shortly before the place where they part. */
	private static function difference( $name, $left, $there ) {
		$same  = null === $left ? 0 : strspn( $left ^ $there, "\0" );
		$start = $same > self::SHOWN / 2 ? $same - 60 : 0;
		$whole = 0 === $start && mb_strlen( (string) $left ) < self::SHOWN && mb_strlen( $there ) < self::SHOWN;
		$left  = null === $left ? null : self::cut( $left, $start );
		return array( 'field' => $name, 'left' => $left, 'there' => self::cut( $there, $start ), 'shortened' => ! $whole ); // phpcs:ignore WordPress.Arrays
	}

	/** A part of a text, never half a character. */
	private static function cut( $text, $start ) {
		while ( $start > 0 && 0x80 === ( ord( substr( $text, $start, 1 ) ) & 0xC0 ) ) {
			--$start;
		}
		return mb_substr( substr( $text, $start ), 0, self::SHOWN );
	}

	/** A plugin of before kept no fields: its stored answer tells some. */
	private static function of_answer( $row ) {
		global $wpdb;
		$sql    = $wpdb->prepare( 'SELECT result FROM ' . Database::table() . ' WHERE post_id = %d', $row->ID );
		$answer = (array) json_decode( (string) $wpdb->get_var( $sql ), true );
		$fields = isset( $answer['post_status'] ) ? array( 'status' => Fields::field( $answer['post_status'] ) ) : array();
		if ( isset( $answer['stored']['terms'], $answer['stored']['title'], $answer['post_date_utc'] ) ) {
			$stored   = $answer['stored'];
			$featured = (int) ( $answer['featured_image']['attachment_id'] ?? 0 );
			$fields  += array(
				'title'          => Fields::field( $stored['title'] ),
				'slug'           => Fields::field( $stored['slug'], urldecode( $stored['slug'] ) ),
				'date'           => Fields::date( str_replace( array( 'T', 'Z' ), array( ' ', '' ), $answer['post_date_utc'] ) ),
				'author'         => Fields::field( (int) $stored['author_id'], (string) get_the_author_meta( 'user_email', (int) $stored['author_id'] ) ),
				'featured_image' => Fields::field( $featured, (string) ( $answer['featured_image']['url'] ?? '' ) ),
			) + Fields::terms( $stored['terms'] );
		}
		return new self( $fields, '' );
	}

	/** Writes the fields down, the text as whole as it may be; in place, which locks no row but its own. */
	private function write( $post_id, $content ) {
		global $wpdb;
		$packed = function_exists( 'gzdeflate' ) && isset( $this->fields['content'] ) ? base64_encode( gzdeflate( $content ) ) : ''; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- meta holds text.
		$fields = array();
		foreach ( $this->fields as $name => $field ) {
			$fields[ $name ] = array( $field[0], mb_substr( $field[1], 0, self::SHOWN ) ) + $field;
		}
		$packed = strlen( $packed ) <= self::PACKED ? $packed : '';
		$text   = wp_json_encode( array( 'seo' => $this->seo, 'fields' => $fields, 'packed' => $packed ) + array_filter( array( 'told' => $this->told ) ) ); // phpcs:ignore WordPress.Arrays
		$metas  = $wpdb->get_col( $wpdb->prepare( "SELECT meta_id FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $post_id, self::META ) );
		if ( $metas ) {
			Database::run( $wpdb->prepare( "UPDATE $wpdb->postmeta SET meta_value = %s WHERE meta_id IN (" . implode( ',', array_map( 'intval', $metas ) ) . ')', $text ) );
		} else {
			Database::run( $wpdb->prepare( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES (%d, %s, %s)", $post_id, self::META, $text ) );
		}
		wp_cache_delete( $post_id, 'post_meta' );
	}

	/** The whole text, where it was kept. */
	private function unpack( $packed ) {
		$whole = '' !== $packed && function_exists( 'gzinflate' ) ? gzinflate( (string) base64_decode( $packed, true ) ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see write().
		if ( is_string( $whole ) ) {
			$this->fields['content'][1] = $whole;
		}
	}
}
