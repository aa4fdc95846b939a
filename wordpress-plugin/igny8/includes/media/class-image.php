<?php
/**
 * One image of a request.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Posts\Html;
use Igny8\Rest\Input;

defined( 'ABSPATH' ) || exit;

/** An image as the app names it, and what became of it here. */
final class Image {

	/** 'featured', 'gallery' or 'inline'. @var string */
	public $role;
	/** Name in the text, without igny8: . @var string */
	public $ref;
	/** SHA-256 of staged bytes, or '' . @var string */
	public $sha256;
	/** Address to fetch, or '' . @var string */
	public $url;
	/** Wanted file name, or '' . @var string */
	public $filename;
	/** Text for those who do not see it. @var string */
	public $alt;
	/** Text below it. @var string */
	public $caption;

	/** Local file with the bytes, once there is one. @var string */
	public $file = '';
	/** Extension that belongs to the bytes. @var string */
	public $extension = '';
	/** MIME type of the bytes. @var string */
	public $mime = '';
	/** Of the bytes, in pixels. @var int */
	public $width = 0;
	/** Of the bytes, in pixels. @var int */
	public $height = 0;
	/** The attachment, once there is one. @var int */
	public $attachment_id = 0;
	/** The attachment was here before. @var bool */
	public $reused = false;

	/** For Input::items. */
	public static function reader( $role ) {
		return static function ( $value, $field ) use ( $role ) {
			return self::read( is_array( $value ) ? $value : Input::refuse( $field, 'must be an object' ), $field, $role );
		};
	}

	/**
	 * Reads one image.
	 *
	 * @param array  $value JSON object.
	 * @param string $field Its name, for messages.
	 * @param string $role  See $role.
	 */
	public static function read( array $value, $field, $role ) {
		$input           = new Input( $value, $field );
		$image           = new self();
		$image->role     = $role;
		$image->ref      = 'inline' === $role ? $input->matching( 'ref', '/^[A-Za-z0-9_-]{1,100}$/D', 'must name the image' ) : '';
		$image->sha256   = $input->sha256( 'sha256', false );
		$image->url      = $input->text( 'url' );
		$image->filename = $input->text( 'filename' );
		$image->alt      = Html::plain( $input->text( 'alt' ) );
		$image->caption  = Html::line( $input->text( 'caption' ) );
		if ( ( '' === $image->sha256 ) === ( '' === $image->url ) ) {
			Input::refuse( $field, 'needs either sha256 or url' );
		}
		if ( '' !== $image->url && ! preg_match( '#^https?://#i', $image->url ) ) {
			Input::refuse( "$field.url", 'must begin with http:// or https://' );
		}
		return $image;
	}

	/** An image that the text shows from another site. */
	public static function of_text( $url ) {
		$image       = self::read( array( 'url' => $url ), 'content_html', 'gallery' );
		$image->role = 'inline';
		return $image;
	}

	/** What makes two images the same: their bytes or their address. */
	public function source() {
		return '' !== $this->sha256 ? $this->sha256 : $this->url;
	}

	/** How the text names an inline image. */
	public function token() {
		return '' !== $this->ref ? 'igny8:' . $this->ref : $this->url;
	}
}
