<?php
/**
 * Everything that only has to be looked at.
 *
 * @package Igny8
 */

namespace Igny8\Publish;

use Igny8\Posts\Html;
use Igny8\Options;
use Igny8\Problem;
use Igny8\Rest\Publish_Request;
use Igny8\Terms\Taxonomies;

defined( 'ABSPATH' ) || exit;

/** The checks before anything is created; all problems are reported together. */
final class Checks {

	const MAX_IMAGES = 100;

	/** Found so far. @var Problem[] */
	private $problems = array();

	/** Fields of the problems. @var string[] */
	private $fields = array();

	/**
	 * Largest text in bytes: what one statement to the database can carry, with room.
	 */
	public static function max_content_bytes() {
		return (int) apply_filters( 'igny8_max_content_bytes', 5 * MB_IN_BYTES );
	}

	/**
	 * Checks a request.
	 *
	 * @param Publish_Request $r The request.
	 * @return \WP_User The author.
	 * @throws Problem The problem, or VALIDATION_FAILED with several.
	 */
	public static function run( Publish_Request $r ) {
		$checks = new self();
		$checks->text( $r );
		$checks->type( $r );
		$author = $checks->author( $r );
		$checks->images( $r );
		$checks->terms( $r );
		$checks->conclude();
		return $author;
	}

	/** Title, text, slug. */
	private function text( Publish_Request $r ) {
		if ( '' === trim( wp_strip_all_tags( $r->title ) ) ) {
			$this->add( 'TITLE_MISSING', 'The title is missing.', 'title' );
		}
		$visible = trim( str_replace( '&nbsp;', '', wp_strip_all_tags( strip_shortcodes( $r->content_html ) ) ) );
		// A block without a body, such as <!-- wp:latest-posts /-->, is filled when the page is shown.
		if ( '' === $visible && ! preg_match( '/<(img|video|audio|iframe|embed|object|svg|table|hr)\b|\[[a-z]|<!--\s+wp:[a-z][^>]*?\/-->/i', $r->content_html ) ) {
			$this->add( 'CONTENT_EMPTY', 'The content is empty.', 'content_html' );
		}
		if ( strlen( $r->content_html ) > self::max_content_bytes() ) {
			$this->add( 'CONTENT_TOO_LARGE', 'The content is too large for this WordPress.', 'content_html', array( 'max_bytes' => self::max_content_bytes() ) );
		}
		if ( '' !== $r->slug && '' === sanitize_title( $r->slug ) ) {
			$this->add( 'SLUG_INVALID', 'The slug has no character that an address may have.', 'slug' );
		}
	}

	/** The post type exists and may be published to. */
	private function type( Publish_Request $r ) {
		if ( ! post_type_exists( $r->content_type ) || ! in_array( $r->content_type, Options::content_types(), true ) ) {
			$this->add( 'TYPE_DISABLED', sprintf( 'The content type "%s" is not enabled in this WordPress.', $r->content_type ), 'content_type' );
		}
	}

	/** The author exists and may publish this type. */
	private function author( Publish_Request $r ) {
		$author = '' !== $r->author_email ? get_user_by( 'email', $r->author_email ) : self::default_author();
		if ( ! $author ) {
			$this->add( 'AUTHOR_NOT_FOUND', '' !== $r->author_email ? sprintf( 'There is no user with the address %s in this WordPress.', $r->author_email ) : 'This WordPress has no user to publish as.', 'author_email' );
			return null;
		}
		$type = get_post_type_object( $r->content_type );
		if ( $type && ! user_can( $author, $type->cap->publish_posts ) ) {
			$this->add( 'AUTHOR_FORBIDDEN', sprintf( '%s may not publish content of this type.', $author->user_email ), 'author_email' );
		}
		return $author;
	}

	/** The administrator's choice, else the first administrator. */
	private static function default_author() {
		$chosen = Options::default_author();
		$user   = $chosen ? get_user_by( 'id', $chosen ) : false;
		if ( $user ) {
			return $user;
		}
		$admins = get_users(
			array(
				'role'    => 'administrator',
				'orderby' => 'ID',
				'number'  => 1,
			)
		);
		return $admins ? $admins[0] : false;
	}

	/** Number of images, and that the text names only images that came with it. */
	private function images( Publish_Request $r ) {
		if ( count( $r->gallery ) + count( $r->inline_images ) > self::MAX_IMAGES ) {
			$this->add( 'TOO_MANY_IMAGES', sprintf( 'More than %d images in one content.', self::MAX_IMAGES ), 'gallery' );
		}
		$refs = wp_list_pluck( $r->inline_images, 'ref' );
		if ( count( $refs ) !== count( array_unique( $refs ) ) ) {
			$this->add( 'CONTENT_INVALID', 'Two images in the text have the same name.', 'inline_images' );
		}
		foreach ( array_diff( Html::wanted_refs( $r->content_html ), $refs ) as $ref ) {
			$this->add( 'CONTENT_INVALID', sprintf( 'The text shows the image igny8:%s, which was not sent.', $ref ), 'content_html' );
		}
	}

	/** Each kind of term has a taxonomy at this type. */
	private function terms( Publish_Request $r ) {
		foreach ( Publish_Request::KINDS as $kind ) {
			if ( $r->terms[ $kind ] && post_type_exists( $r->content_type ) && ! Taxonomies::for_kind( $kind, $r->content_type ) ) {
				$this->add( 'TAXONOMY_MISSING', sprintf( 'The content type "%1$s" has no %2$s in this WordPress.', $r->content_type, $kind ), $kind );
			}
		}
	}

	/** Adds a problem; each is a validation problem (422) here, whatever its code is elsewhere. */
	private function add( $code, $message, $field, array $details = array() ) {
		$status           = 'CONTENT_TOO_LARGE' === $code ? 413 : 422;
		$this->problems[] = new Problem( $code, $message, 'validation', array( 'field' => $field ) + $details, $status );
		$this->fields[]   = $field;
	}

	/** Throws what was found. */
	private function conclude() {
		if ( 1 === count( $this->problems ) ) {
			throw $this->problems[0];
		}
		if ( ! $this->problems ) {
			return;
		}
		$list = array();
		foreach ( $this->problems as $index => $problem ) {
			$list[] = array(
				'code'    => $problem->error_code,
				'message' => $problem->getMessage(),
				'field'   => $this->fields[ $index ],
			);
		}
		throw new Problem( 'VALIDATION_FAILED', sprintf( '%d problems keep this content from being published.', count( $list ) ), 'validation', array( 'problems' => $list ) );
	}
}
