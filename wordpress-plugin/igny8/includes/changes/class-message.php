<?php
/**
 * What the app is told of one piece.
 *
 * @package Igny8
 */

namespace Igny8\Changes;

use Igny8\Database\Database;
use Igny8\Posts\Baseline;
use Igny8\Posts\Fields;
use Igny8\Posts\Known;
use Igny8\Posts\Posts;
use Igny8\Rest\Publish_Request;

defined( 'ABSPATH' ) || exit;

/**
 * The difference between a post as it stands and what the app knows of it, with its number in the
 * post's history: the same difference has the same number, however often it is sent.
 */
final class Message {

	/** Fields that are told as they stand, besides terms and relations. */
	const FIELDS = array( 'title', 'content', 'excerpt', 'slug', 'status' );

	/** The row of the outbox. @var object */
	private $row;
	/** The post's row as it was read; null: it is gone. @var object|null */
	private $post;
	/** The publication that the difference is to. @var string */
	private $publish_key = '';
	/** Field → what was left, what stands there. @var array[] */
	private $changed = array();
	/** Number in the post's history. @var int */
	private $sequence;
	/** The number up to which the app knows the post. @var int */
	private $known = 0;

	/** See of(). */
	private function __construct( $row ) {
		$this->row = $row;
	}

	/**
	 * Of a row of the outbox, with the post held while its number is given.
	 *
	 * @param object $row The row.
	 * @return self|null Null: there is nothing that the app does not know.
	 */
	public static function of( $row ) {
		$message = new self( $row );
		return self::held( (int) $row->post_id, array( $message, 'read' ) ) ? $message : null;
	}

	/** The number under which it is sent. */
	public function sequence() {
		return $this->sequence;
	}

	/** Reads the post, and gives the difference its number; false where there is none. */
	public function read( $post ) {
		$this->post = $post;
		$meta       = $post ? Posts::meta( (int) $post->ID ) : array();
		if ( ! $post && ! Outbox::is_its_post( $this->row->installation, $this->row->content_id, $this->row->post_id ) ) {
			return false;
		}
		if ( $post ) {
			$names         = array_merge( self::FIELDS, Publish_Request::KINDS, array_keys( Fields::RELATIONS ) );
			$left          = Baseline::left( $post, $meta );
			$this->changed = $left->untold( Baseline::now( $post, $meta ), $names );
			$this->known   = $left->known();
			if ( ! $this->changed ) {
				return false;
			}
		}
		$this->publish_key = $meta['_igny8_publish_key'] ?? '';
		$this->number( (int) ( $meta[ Posts::SEQUENCE ] ?? 0 ) );
		return true;
	}

	/** The same difference keeps its number; another one gets the next. */
	private function number( $last ) {
		$hashes = array();
		foreach ( $this->changed as $name => list( , $there ) ) {
			$hashes[ $name ] = $there[0];
		}
		$pending        = hash( 'sha256', wp_json_encode( array( $this->publish_key, (bool) $this->post, $hashes ) ) );
		$this->sequence = (int) $this->row->sequence;
		if ( $pending === $this->row->pending ) {
			return;
		}
		$this->sequence = 1 + max( $this->sequence, $last );
		Outbox::pend( $this->row, $pending, $this->sequence );
		if ( $this->post ) {
			update_post_meta( (int) $this->post->ID, Posts::SEQUENCE, (string) $this->sequence );
			Known::telling( $this->post, array_keys( $this->changed ) );
		}
	}

	/** The message as the contract has it. */
	public function body() {
		$user = get_userdata( (int) $this->row->changed_by );
		$body = array(
			'installation'    => $this->row->installation,
			'content_id'      => (int) $this->row->content_id,
			'post_id'         => (int) $this->row->post_id,
			'post_url'        => $this->post ? Posts::public_url( (int) $this->post->ID ) : '',
			'sequence'        => $this->sequence,
			'known'           => $this->known,
			'updated_by'      => 'wordpress_user_' . (int) $this->row->changed_by,
			'updated_by_name' => $user ? mb_substr( $user->display_name, 0, 100 ) : '',
			'updated_at'      => Posts::utc( (int) $this->row->changed_at ),
			'deleted'         => ! $this->post,
			'taxonomies'      => array(),
			'before'          => array(),
			'relationships'   => array(),
			'fields'          => array(),
		);
		foreach ( $this->changed as $name => list( $left, $there ) ) {
			if ( in_array( $name, Publish_Request::KINDS, true ) ) {
				$body['taxonomies'][ $name ] = $there[2];
				if ( isset( $left[2] ) ) {
					$body['before'][ $name ] = $left[2];
				}
			} elseif ( isset( Fields::RELATIONS[ $name ] ) ) {
				$body['relationships'][ $name ] = self::relation( $name, $there[1] );
			} else {
				$body['fields'][ $name ] = array(
					'left'  => Baseline::whole( $left ),
					'there' => $there[1],
				);
			}
		}
		foreach ( array( 'taxonomies', 'before', 'relationships', 'fields' ) as $part ) {
			$body[ $part ] = (object) $body[ $part ];
		}
		return $body;
	}

	/**
	 * The app has heard it; what it took over is no edit any more. A publication that came in between
	 * has written down anew what it left.
	 *
	 * @param string[] $taken Fields.
	 */
	public function heard( array $taken ) {
		$message = $this;
		self::held(
			(int) $this->row->post_id,
			static function ( $post ) use ( $message, $taken ) {
				$message->acknowledge( $post, $taken );
				return true;
			}
		);
		Outbox::settle( $this->row );
	}

	/**
	 * The app has heard a later number, or forgot what it had heard.
	 *
	 * @param int $sequence The number up to which it knows the post.
	 */
	public function stale( $sequence ) {
		self::held(
			(int) $this->row->post_id,
			static function ( $post ) use ( $sequence ) {
				return $post && Known::forget_after( $post, $sequence );
			}
		);
		Outbox::overtake( $this->row, $this->sequence, $sequence );
	}

	/** Writes down what the app knows now. */
	public function acknowledge( $post, array $taken ) {
		$meta = $post ? Posts::meta( (int) $post->ID ) : array();
		if ( ! $post || ! $this->post || ( $meta['_igny8_publish_key'] ?? '' ) !== $this->publish_key ) {
			return;
		}
		$sent = array();
		foreach ( $this->changed as $name => list( , $there ) ) {
			$sent[ $name ] = $there;
		}
		Known::heard( $post, $sent, $taken, $this->sequence );
	}

	/** Runs something with the post's row held from others. */
	private static function held( $post_id, callable $work ) {
		return Database::alone(
			static function () use ( $post_id, $work ) {
				return $work( Posts::row( $post_id, true ) );
			}
		);
	}

	/** Ids as numbers; null where there is none. */
	private static function relation( $name, $value ) {
		$list = json_decode( (string) $value, true );
		if ( 'keyword_ids' === $name ) {
			return array_values( array_filter( array_map( 'intval', is_array( $list ) ? $list : preg_split( '/[^0-9]+/', $value, -1, PREG_SPLIT_NO_EMPTY ) ) ) );
		}
		if ( 'focus_keywords' === $name ) {
			return array_values( array_filter( array_map( 'strval', is_array( $list ) ? array_filter( $list, 'is_scalar' ) : array_map( 'trim', explode( ',', $value ) ) ), 'strlen' ) );
		}
		return (int) $value > 0 ? (int) $value : null;
	}
}
