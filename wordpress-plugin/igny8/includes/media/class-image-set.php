<?php
/**
 * All images of one publication.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Claim\Claim;
use Igny8\Posts\Html;
use Igny8\Options;
use Igny8\Problem;
use Igny8\Rest\Publish_Request;

defined( 'ABSPATH' ) || exit;

/** Featured, gallery and text images: which exist, which must be made, what became of each. */
final class Image_Set {

	/** Null: none. @var Image|null */
	public $featured;
	/** Within the limit. @var Image[] */
	public $gallery;
	/** Beyond it. @var Image[] */
	public $overflow;
	/** In the text. @var Image[] */
	public $inline;

	/** Temporary files to remove. @var string[] */
	private $temporary = array();

	/**
	 * Sorts the images and finds those that an earlier publication brought; reads only.
	 *
	 * @param Publish_Request $r      The request.
	 * @param bool            $update Whether this content has a post.
	 */
	public function __construct( Publish_Request $r, $update ) {
		$this->featured = $r->featured_image;
		$this->gallery  = array_slice( $r->gallery, 0, Options::gallery_limit() );
		$this->overflow = array_slice( $r->gallery, Options::gallery_limit() );
		$this->inline   = $r->inline_images;
		if ( $r->import_media ) {
			$this->inline = array_merge( $this->inline, array_map( array( Image::class, 'of_text' ), Html::foreign_images( $r->content_html ) ) );
		}
		$known = $update && $this->used() ? Attachments::of_content( $r->fence->installation, $r->fence->content_id ) : array();
		foreach ( $this->used() as $image ) {
			$image->attachment_id = $known[ $image->source() ] ?? 0;
			$image->reused        = $image->attachment_id > 0;
		}
	}

	/** The images that end up in WordPress. */
	public function used() {
		$images = array_merge( $this->featured ? array( $this->featured ) : array(), $this->gallery, $this->inline );
		return 'skip' === Options::gallery_overflow() ? $images : array_merge( $images, $this->overflow );
	}

	/** Ids of all attachments of this publication. */
	public function attachment_ids() {
		return array_values( array_unique( wp_list_pluck( $this->used(), 'attachment_id' ) ) );
	}

	/**
	 * Gets every missing file, and looks at it.
	 *
	 * @throws Problem MEDIA_NOT_STAGED, a failed download, IMAGE_REFUSED, IMAGE_TOO_LARGE.
	 */
	public function load() {
		foreach ( $this->missing() as $image ) {
			if ( '' !== $image->sha256 ) {
				$image->file = (string) Staging::find( $image->sha256 );
				if ( '' === $image->file ) {
					throw new Problem( 'MEDIA_NOT_STAGED', 'An image was not sent before its content.', 'media_processing', array( 'sha256' => $image->sha256 ) );
				}
			} else {
				try {
					Image_File::fetch( $image );
				} finally {
					$this->temporary[] = $image->file;
				}
			}
			$facts            = Image_File::inspect( $image->file, array( 'image_url' => $image->url, 'sha256' => $image->sha256 ) ); // phpcs:ignore WordPress.Arrays
			$image->mime      = $facts['mime'];
			$image->extension = $facts['extension'];
			$image->width     = $facts['width'];
			$image->height    = $facts['height'];
		}
	}

	/** Makes the missing attachments, one for each source. */
	public function attach( Claim $claim, $author ) {
		$missing = $this->missing();
		Attachments::make( $missing, $claim, $author );
		$made = array();
		foreach ( $missing as $image ) {
			$made[ $image->source() ] = $image->attachment_id;
		}
		foreach ( $this->used() as $image ) {
			if ( ! $image->attachment_id ) {
				$image->attachment_id = $made[ $image->source() ];
			}
		}
	}

	/** What the names in the text stand for. */
	public function addresses() {
		$addresses = array();
		foreach ( $this->inline as $image ) {
			$addresses[ $image->token() ] = $image->attachment_id ? (string) wp_get_attachment_url( $image->attachment_id ) : content_url( '/uploads/' . rawurlencode( $image->filename ) );
		}
		return $addresses;
	}

	/** Removes temporary files; staged ones stay for a retry. */
	public function clean_up() {
		foreach ( array_filter( $this->temporary, 'is_file' ) as $file ) {
			wp_delete_file( $file );
		}
		$this->temporary = array();
	}

	/** The publication is done: its staged images are no longer needed by it. */
	public function release_staged() {
		foreach ( $this->used() as $image ) {
			if ( '' !== $image->sha256 ) {
				Staging::used( $image->sha256 );
			}
		}
	}

	/** For the dry run: what would happen with each image. */
	public function plan() {
		$list = array();
		foreach ( $this->used() as $image ) {
			$list[] = array(
				'role'   => $image->role,
				'source' => '' !== $image->ref ? $image->token() : $image->source(),
				'action' => $image->reused ? 'reuse' : 'create',
			);
		}
		if ( 'skip' === Options::gallery_overflow() ) {
			foreach ( $this->overflow as $image ) {
				$list[] = array(
					'role'   => 'gallery',
					'source' => $image->source(),
					'action' => 'skip',
				);
			}
		}
		return $list;
	}

	/** One image for each source that has no attachment yet. */
	private function missing() {
		$missing = array();
		foreach ( $this->used() as $image ) {
			if ( ! $image->attachment_id ) {
				$missing[ $image->source() ] = $missing[ $image->source() ] ?? $image;
			}
		}
		return array_values( $missing );
	}

	/** Ids of the gallery within the limit. */
	public function gallery_ids() {
		return wp_list_pluck( $this->gallery, 'attachment_id' );
	}
}
