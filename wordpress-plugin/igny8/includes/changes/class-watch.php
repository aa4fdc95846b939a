<?php
/**
 * What people and other plugins change.
 *
 * @package Igny8
 */

namespace Igny8\Changes;

use Igny8\Posts\Fields;
use Igny8\Posts\Posts;

defined( 'ABSPATH' ) || exit;

/** Hears of changes by WordPress's hooks, whoever makes them, and notes the pieces that they concern. */
final class Watch {

	/** Columns of a post that the app is told of. */
	const COLUMNS = array( 'post_title', 'post_content', 'post_excerpt', 'post_name', 'post_status' );

	/** Whether this request is a call of the app, or finishes one. @var bool */
	private static $is_ours = false;

	/** Whether something was noted in this request. @var bool */
	private static $has_noted = false;

	/** The hooks. */
	public static function setup() {
		add_action( 'set_object_terms', array( self::class, 'terms_set' ), 10, 6 );
		add_action( 'deleted_term_relationships', array( self::class, 'terms_removed' ) );
		foreach ( array( 'added', 'updated', 'deleted' ) as $done ) {
			add_action( "{$done}_post_meta", array( self::class, 'meta_changed' ), 10, 3 );
		}
		add_action( 'post_updated', array( self::class, 'post_updated' ), 10, 3 );
		add_action( 'transition_post_status', array( self::class, 'status_changed' ), 10, 3 );
		add_action( 'before_delete_post', array( self::class, 'deleted' ) );
		add_action( 'shutdown', array( self::class, 'tell' ) );
		add_action( Courier::HOOK, array( Courier::class, 'run_by_cron' ) );
	}

	/** From now on, until the request ends, all that happens is our own doing. */
	public static function is_our_call() {
		self::$is_ours = true;
	}

	/** Terms were given to a post. */
	public static function terms_set( $post_id, $terms, $ids, $taxonomy, $append, $before ) { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter -- the hook's.
		$now = array_map( 'intval', $ids );
		$was = array_map( 'intval', $before );
		if ( array_diff( $was, $now ) || array_diff( $now, $was ) ) {
			self::note( $post_id );
		}
	}

	/** Terms were taken from a post. */
	public static function terms_removed( $post_id ) {
		self::note( $post_id );
	}

	/** Meta was written; only some of ours is a person's to change. */
	public static function meta_changed( $id, $post_id, $key ) { // phpcs:ignore Generic.CodeAnalysis.UnusedFunctionParameter -- the hook's.
		if ( in_array( $key, Fields::RELATIONS, true ) ) {
			self::note( $post_id );
		}
	}

	/** A post was saved. */
	public static function post_updated( $post_id, $after, $before ) {
		foreach ( self::COLUMNS as $column ) {
			if ( $after->$column !== $before->$column ) {
				self::note( $post_id );
				return;
			}
		}
	}

	/** A post has another status, also where nothing else of it was saved. */
	public static function status_changed( $now, $before, $post ) {
		if ( $now !== $before ) {
			self::note( $post->ID );
		}
	}

	/** A post is about to be deleted for good; now it still says whose it is. */
	public static function deleted( $post_id ) {
		if ( self::$is_ours ) {
			Outbox::forget_post( $post_id );
		} else {
			self::note( $post_id );
		}
	}

	/** At the end of the request. */
	public static function tell() {
		if ( self::$has_noted ) {
			Courier::expect();
			Signal::send();
		}
	}

	/** Notes a piece; posts of others are none. */
	private static function note( $post_id ) {
		if ( ! self::$is_ours && get_post_meta( $post_id, Posts::CONTENT_ID, true ) && Outbox::note( (int) $post_id ) ) {
			self::$has_noted = true;
		}
	}
}
