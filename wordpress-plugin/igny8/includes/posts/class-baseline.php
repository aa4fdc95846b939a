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

	/** Fields that every post has. */
	const ALWAYS = array( 'slug', 'type', 'status', 'date', 'author' );

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
	/** Field → true where the app was told something of it, and nobody knows whether it heard. @var bool[] */
	private $unsure = array();
	/** Field → as the publication left it, of those that the app took over since. @var array[] */
	private $before = array();
	/** Number in the post's history of the publication; 0: not kept. @var int */
	private $since = 0;
	/** The number up to which the app knows the post; 0: not kept. @var int */
	private $known = 0;

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
			$left         = new self( $kept['fields'], $kept['seo'] );
			$left->told   = (array) ( $kept['told'] ?? array() );
			$left->unsure = (array) ( $kept['unsure'] ?? array() );
			$left->before = (array) ( $kept['before'] ?? array() );
			$left->since  = (int) ( $kept['since'] ?? 0 );
			$left->known  = (int) ( $kept['known'] ?? 0 );
			$left->unpack( (string) ( $kept['packed'] ?? '' ) );
		} else {
			$left = new self( Fields::of_answer( $row ), '' );
		}
		$left->stored_hash = isset( $left->fields['content'] ) ? '' : $meta[ Posts::STORED_HASH ] ?? '';
		return $left;
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

	/** The number in the post's history up to which the app knows it, 0: not kept; at least the one given. */
	public function known( $sequence = 0 ) {
		$this->known = max( $this->known, (int) $sequence );
		return $this->known;
	}

	/** A publication with this number left it so. */
	public function begin( $sequence ) {
		$this->since = (int) $sequence;
		$this->known = (int) $sequence;
	}

	/** The whole text, as far as it was kept. */
	public function content() {
		return $this->fields['content'][1] ?? '';
	}

	/** From now on this is what the field was left as. */
	public function leave( $name, array $field ) {
		$this->fields[ $name ] = $field;
		unset( $this->told[ $name ] );
	}

	/** The app has taken it over: it is as if that had been left. What was left is kept, for an app that forgets. */
	public function take( $name, array $field ) {
		unset( $this->unsure[ $name ] );
		if ( isset( $this->fields[ $name ] ) ) {
			$this->before += array( $name => $this->fields[ $name ] );
		}
		$this->leave( $name, $field );
	}

	/** Its gallery post was left with this status; false where it has none. */
	public function leave_gallery( $status ) {
		$has_one = isset( $this->fields[ self::GALLERY . 'status' ] );
		if ( $has_one ) {
			$this->fields[ self::GALLERY . 'status' ] = Fields::field( $status );
		}
		return $has_one;
	}

	/**
	 * The fields that nobody had edited, as they are now.
	 *
	 * @param self $before The post before something happened to it.
	 * @param self $now    And after.
	 * @return array Field → array( hash, text ).
	 */
	public function unedited( self $before, self $now ) {
		$found = array();
		foreach ( $now->fields as $name => $field ) {
			if ( isset( $this->fields[ $name ], $before->fields[ $name ] ) && $this->fields[ $name ][0] === $before->fields[ $name ][0] ) {
				$found[ $name ] = $field;
			}
		}
		return $found;
	}

	/** The app has taken over all of it. */
	public function take_all( self $now ) {
		foreach ( $now->fields as $name => $field ) {
			if ( $field[0] !== ( $this->fields[ $name ][0] ?? '' ) ) {
				$this->take( $name, $field );
			}
		}
		$this->fields = $now->fields;
		$this->seo    = $now->seo;
		$this->told   = array();
		$this->unsure = array();
	}

	/** The app was told that a field stands so, and left it at that. */
	public function tell( $name, array $field ) {
		unset( $this->unsure[ $name ] );
		$this->told[ $name ] = $field[0];
	}

	/**
	 * The app knows the post up to this number only, for a backup was put back there. What it took over
	 * later is an edit again; of a publication that it does not know nothing counts as left by it.
	 */
	public function forget_after( $sequence ) {
		if ( $sequence < $this->since ) {
			$this->forget_words();
			$this->since = (int) $sequence;
		} else {
			$this->fields = $this->before + $this->fields;
		}
		$this->before = array();
		$this->told   = array();
		$this->known  = (int) $sequence;
	}

	/** Of what somebody else wrote nothing counts as left by the app: each field that has words differs. */
	public function forget_words() {
		foreach ( array_diff( array_keys( $this->fields ), self::ALWAYS ) as $name ) {
			$this->fields[ $name ] = Fields::field( '' );
		}
	}

	/**
	 * The fields, of those named, that differ from what the app knows: from what it left, or from what
	 * it was told last; where nobody knows whether it heard that, also what was put back since. Fields
	 * that nobody wrote down count as unchanged.
	 *
	 * @param self     $now   The post as it stands.
	 * @param string[] $names Of which fields.
	 * @return array Field → what was left and what stands there: array( hash, text, terms ).
	 */
	public function untold( self $now, array $names ) {
		$found = array();
		foreach ( $names as $name ) {
			$known = $this->told[ $name ] ?? $this->fields[ $name ][0] ?? null;
			if ( null !== $known && isset( $now->fields[ $name ] ) && ( $now->fields[ $name ][0] !== $known || isset( $this->unsure[ $name ] ) ) ) {
				$found[ $name ] = array( $this->fields[ $name ], $now->fields[ $name ] );
			}
		}
		return $found;
	}

	/** A draft without a date gets one when it goes public: that is no edit. */
	public function forget_date() {
		unset( $this->fields['date'] );
	}

	/** The app is being told of these fields; its answer may be lost. */
	public function telling( array $names ) {
		$this->unsure = array_fill_keys( $names, true ) + $this->unsure;
	}

	/** The text of a field that untold() gave; null where not all of it was kept. */
	public static function whole( array $field ) {
		return Fields::field( $field[1] )[0] === $field[0] ? $field[1] : null;
	}

	/** The status in which its gallery post was left; '' where it has none. */
	public function gallery_status() {
		return $this->fields[ self::GALLERY . 'status' ][1] ?? '';
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
				$list[] = Difference::of( $name, $is_new ? '' : $this->known_text( $name, $there[1] ), $there[1] );
			}
		}
		$told = array_intersect( array( 'title', 'slug' ), wp_list_pluck( $list, 'field' ) );
		if ( '' !== $this->stored_hash && ! $told && Posts::stored_hash( $row ) !== $this->stored_hash ) {
			$list[] = Difference::of( 'content', null, $now->fields['content'][1] );
		}
		return $list;
	}

	/** What we left in a field; null where only its beginning was kept, and that has not changed. */
	private function known_text( $name, $there ) {
		list( $hash, $text ) = $this->fields[ $name ];
		$is_cut              = mb_strlen( $text ) >= self::SHOWN && Fields::field( $text )[0] !== $hash;
		return $is_cut && 0 === strpos( $there, $text ) ? null : $text;
	}

	/** Writes it down, the text as whole as it may be; in place, which locks no row but its own. */
	public function write( $post_id, $content ) {
		global $wpdb;
		$packed = function_exists( 'gzdeflate' ) && isset( $this->fields['content'] ) ? base64_encode( gzdeflate( $content ) ) : ''; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- meta holds text.
		$packed = strlen( $packed ) <= self::PACKED ? $packed : '';
		$more   = array_filter( array( 'told' => $this->told, 'unsure' => $this->unsure, 'before' => self::shortened( $this->before ), 'since' => $this->since, 'known' => $this->known ) ); // phpcs:ignore WordPress.Arrays
		$text   = wp_json_encode( array( 'seo' => $this->seo, 'fields' => self::shortened( $this->fields ), 'packed' => $packed ) + $more ); // phpcs:ignore WordPress.Arrays
		$metas  = $wpdb->get_col( $wpdb->prepare( "SELECT meta_id FROM $wpdb->postmeta WHERE post_id = %d AND meta_key = %s", $post_id, self::META ) );
		if ( $metas ) {
			Database::run( $wpdb->prepare( "UPDATE $wpdb->postmeta SET meta_value = %s WHERE meta_id IN (" . implode( ',', array_map( 'intval', $metas ) ) . ')', $text ) );
		} else {
			Database::run( $wpdb->prepare( "INSERT INTO $wpdb->postmeta (post_id, meta_key, meta_value) VALUES (%d, %s, %s)", $post_id, self::META, $text ) );
		}
		wp_cache_delete( $post_id, 'post_meta' );
	}

	/** Fields with so much of their texts as is kept. */
	private static function shortened( array $fields ) {
		foreach ( $fields as $name => $field ) {
			$fields[ $name ] = array( $field[0], mb_substr( $field[1], 0, self::SHOWN ) ) + $field;
		}
		return $fields;
	}

	/** The whole text, where it was kept. */
	private function unpack( $packed ) {
		$whole = '' !== $packed && function_exists( 'gzinflate' ) ? gzinflate( (string) base64_decode( $packed, true ) ) : false; // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- see write().
		if ( is_string( $whole ) ) {
			$this->fields['content'][1] = $whole;
		}
	}
}
