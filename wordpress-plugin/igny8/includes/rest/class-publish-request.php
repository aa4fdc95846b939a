<?php
/**
 * The body of publish-content.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Database\Charset;
use Igny8\Claim\Fence;
use Igny8\Posts\Html;
use Igny8\Media\Image;

defined( 'ABSPATH' ) || exit;

/** A well-formed request to publish one content; whether it may be published is Checks' business. */
final class Publish_Request {

	const KINDS = array( 'categories', 'tags', 'sectors', 'clusters' );

	/** What may be asked for → the post's status then. */
	const DELIVERED_AS = array(
		'public'  => 'publish',
		'draft'   => 'draft',
		'private' => 'private',
	);

	/** Key, intent, attempt, time limit. @var Fence */
	public $fence;

	/** Post status that was asked for. @var string */
	public $status;
	/** Ids of the app: task, cluster, sector. @var int|null */
	public $task_id;
	/** See task_id. @var int|null */
	public $cluster_id;
	/** See task_id. @var int|null */
	public $sector_id;
	/** Ids of the app. @var int[] */
	public $keyword_ids;

	/** 'manual' or 'scheduled'. @var string */
	public $mode;
	/** Unix time, null: now. @var int|null */
	public $published_at;
	/** Post type. @var string */
	public $content_type;
	/** As it shall be stored. @var string */
	public $title;
	/** '' : made from the title, or the existing post's. @var string */
	public $slug;
	/** HTML with igny8:ref images. @var string */
	public $content_html;
	/** May be ''. @var string */
	public $excerpt;
	/** '' : the default author. @var string */
	public $author_email;
	/** Kind → list of array( name, slug, parent, parent_name ). @var array */
	public $terms = array();
	/** The first is the primary one. @var string[] */
	public $focus_keywords;
	/** For search engines; may be ''. @var string */
	public $meta_title;
	/** For search engines; may be ''. @var string */
	public $meta_description;
	/** Where the original stands; '' : here. @var string */
	public $canonical_url;
	/** What the post shows on top. @var Image|null */
	public $featured_image = null;
	/** In order. @var Image[] */
	public $gallery;
	/** Those that the text names. @var Image[] */
	public $inline_images;
	/** Whether images of other sites in the text are brought in. @var bool */
	public $import_media;
	/** The app's hash of its payload. @var string */
	public $content_hash;
	/** Stored hash that the app knows; '' : not checked. @var string */
	public $expected_hash;
	/** Publish even when unchanged. @var bool */
	public $force;
	/** Refuse where something differs there from what the last publication left. @var bool */
	public $look_first;
	/** Hash of the state that a person has seen and wants to replace; '' : none. @var string */
	public $over;
	/** Only tell what would happen. @var bool */
	public $dry_run;
	/** Send publish-progress calls. @var bool */
	public $report_progress;

	/**
	 * Reads a request.
	 *
	 * @param \WP_REST_Request $http The call.
	 * @throws Problem CONTENT_INVALID.
	 */
	public static function read( \WP_REST_Request $http ) {
		$input      = new Input( Routes::json_body( $http ) );
		$r          = new self();
		$r->fence   = Fence::read( $input, $input->number( 'content_id' ), 'publish', $http );
		$r->task_id = $input->optional_number( 'task_id' );

		$r->cluster_id  = $input->optional_number( 'cluster_id' );
		$r->sector_id   = $input->optional_number( 'sector_id' );
		$r->keyword_ids = $input->items( 'keyword_ids', array( self::class, 'id' ) );
		$r->mode        = $input->choice( 'publish_mode', array( 'manual', 'scheduled' ) );

		$r->status           = self::DELIVERED_AS[ $input->choice( 'deliver_as', array_keys( self::DELIVERED_AS ), 'public' ) ];
		$r->published_at     = self::moment( $input->text( 'published_at' ) );
		$r->content_type     = $input->matching( 'content_type', '/^[a-z0-9_-]{1,20}$/D', 'must be the name of a post type' );
		$r->title            = $input->text( 'title' );
		$r->slug             = $input->text( 'slug' );
		$r->content_html     = $input->text( 'content_html' );
		$r->excerpt          = $input->text( 'excerpt' );
		$r->author_email     = trim( $input->text( 'author_email' ) );
		$r->focus_keywords   = $input->items( 'focus_keywords', array( self::class, 'word' ) );
		$r->meta_title       = Html::plain( $input->text( 'meta_title' ) );
		$r->meta_description = Html::plain( $input->text( 'meta_description' ) );
		$r->canonical_url    = self::address( $input->text( 'canonical_url' ) );
		foreach ( self::KINDS as $kind ) {
			$r->terms[ $kind ] = $input->items( $kind, array( self::class, 'term' ) );
		}
		$featured = $input->object( 'featured_image' );
		if ( null !== $featured ) {
			$r->featured_image = Image::read( $featured, 'featured_image', 'featured' );
		}
		$r->gallery         = $input->items( 'gallery', Image::reader( 'gallery' ) );
		$r->inline_images   = $input->items( 'inline_images', Image::reader( 'inline' ) );
		$r->import_media    = 'import' === $input->choice( 'media_policy', array( 'keep', 'import' ), 'keep' );
		$r->content_hash    = $input->sha256( 'content_hash', true );
		$r->expected_hash   = $input->sha256( 'expected_hash', false );
		$r->force           = $input->flag( 'force' );
		$r->look_first      = $input->flag( 'look_first' );
		$r->over            = $input->sha256( 'over', false );
		$r->dry_run         = $input->flag( 'dry_run' );
		$r->report_progress = $input->flag( 'report_progress' );
		Charset::fit_request( $r );
		return $r;
	}

	/** An id in a list. */
	public static function id( $value, $field ) {
		return is_int( $value ) && $value >= 1 ? $value : Input::refuse( $field, 'must be a whole number of at least 1' );
	}

	/** A keyword in a list. */
	public static function word( $value, $field ) {
		$word = is_string( $value ) ? trim( Html::plain( $value ) ) : '';
		return '' !== $word ? $word : Input::refuse( $field, 'must be text' );
	}

	/** A term in a list. */
	public static function term( $value, $field ) {
		$input = new Input( is_array( $value ) ? $value : Input::refuse( $field, 'must be an object' ), $field );
		$name  = trim( $input->text( 'name' ) );
		if ( '' === $name || mb_strlen( $name ) > 200 ) {
			Input::refuse( "$field.name", 'must have 1 to 200 characters' );
		}
		return array(
			'name'        => $name,
			'slug'        => $input->text( 'slug' ),
			'parent'      => trim( $input->text( 'parent' ) ),
			'parent_name' => trim( $input->text( 'parent_name' ) ),
		);
	}

	/** A page's address as WordPress stores it; '' for ''. */
	private static function address( $text ) {
		$text = trim( $text );
		$url  = esc_url_raw( $text, array( 'http', 'https' ) );
		if ( '' !== $text && ( '' === $url || ! preg_match( '#^https?://[^/\s]#i', $text ) ) ) {
			Input::refuse( 'canonical_url', 'must be an http or https address' );
		}
		return $url;
	}

	/** Unix time of an ISO moment in UTC; null for ''. */
	private static function moment( $text ) {
		if ( '' === $text ) {
			return null;
		}
		$moment = \DateTimeImmutable::createFromFormat( 'Y-m-d\TH:i:s\Z', $text, new \DateTimeZone( 'UTC' ) );
		if ( ! $moment || $moment->format( 'Y-m-d\TH:i:s\Z' ) !== $text ) {
			Input::refuse( 'published_at', 'must be a moment in UTC such as 2025-11-29T10:15:30Z' );
		}
		return $moment->getTimestamp();
	}
}
