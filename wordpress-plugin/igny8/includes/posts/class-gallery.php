<?php
/**
 * Gallery images beyond the limit.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Claim\Claim;
use Igny8\Media\Image_Set;
use Igny8\Publish\Plan;
use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** What the administrator chose: leave them out, a post of their own, or a grid in the text. */
final class Gallery {

	/** Beside its columns we write neither terms nor SEO fields. */
	const NOTHING_BESIDE = array(
		'terms' => array(),
		'seo'   => array(),
	);

	/**
	 * A gallery block.
	 *
	 * @param int[] $ids Attachments.
	 */
	public static function block( array $ids ) {
		$figures = '';
		foreach ( $ids as $id ) {
			$url      = esc_url( (string) wp_get_attachment_url( $id ) );
			$alt      = esc_attr( (string) get_post_meta( $id, '_wp_attachment_image_alt', true ) );
			$caption  = (string) wp_get_attachment_caption( $id );
			$caption  = '' === $caption ? '' : '<figcaption class="wp-element-caption">' . esc_html( $caption ) . '</figcaption>';
			$figures .= "<!-- wp:image {\"id\":$id,\"sizeSlug\":\"large\",\"linkDestination\":\"none\"} -->\n"
				. "<figure class=\"wp-block-image size-large\"><img src=\"$url\" alt=\"$alt\" class=\"wp-image-$id\"/>$caption</figure>\n<!-- /wp:image -->\n";
		}
		return "<!-- wp:gallery {\"linkTo\":\"none\"} -->\n<figure class=\"wp-block-gallery has-nested-images columns-default is-cropped\">$figures</figure>\n<!-- /wp:gallery -->";
	}

	/** The grid that follows the text. */
	public static function inline( Image_Set $images ) {
		return "\n\n" . self::block( wp_list_pluck( $images->overflow, 'attachment_id' ) );
	}

	/** The link that follows the text. */
	public static function link( $overflow_post_id ) {
		return sprintf(
			"\n\n<!-- wp:paragraph -->\n<p><a href=\"%s\">%s</a></p>\n<!-- /wp:paragraph -->",
			esc_url( Posts::public_url( $overflow_post_id ) ),
			esc_html__( 'More pictures', 'igny8' )
		);
	}

	/** A text without the link that follows it. */
	public static function without_link( $content ) {
		return preg_replace( '~\n\n<!-- wp:paragraph -->\n<p><a href="[^"]*">' . preg_quote( esc_html__( 'More pictures', 'igny8' ), '~' ) . '</a></p>\n<!-- /wp:paragraph -->$~D', '', $content ) ?? $content;
	}

	/** A text without the grid that follows it, of pictures that a publication made. */
	public static function without_grid( $content, array $meta ) {
		$ours  = array_map( 'intval', array_values( (array) json_decode( $meta['_igny8_images'] ?? '', true ) ) );
		$start = strrpos( $content, "\n\n<!-- wp:gallery {\"linkTo\":\"none\"} -->" );
		if ( false === $start || ! preg_match_all( '/<!-- wp:image \{"id":(\d+)/', substr( $content, $start ), $found ) ) {
			return $content;
		}
		$ids = array_map( 'intval', $found[1] );
		return ! array_diff( $ids, $ours ) && substr( $content, $start ) === "\n\n" . self::block( $ids ) ? substr( $content, 0, $start ) : $content;
	}

	/** What a publication writes of it, whether it is there or not. */
	public static function text( Plan $plan ) {
		return array(
			/* translators: %s: title of the post whose pictures are shown. */
			'post_title'   => sprintf( __( '%s – Gallery', 'igny8' ), $plan->title ),
			'post_content' => self::block( wp_list_pluck( $plan->images->overflow, 'attachment_id' ) ),
		);
	}

	/**
	 * Inside the post's transaction: makes or updates the separate post, not yet public when new.
	 *
	 * @param Plan   $plan  The publication.
	 * @param Claim  $claim For the undo list.
	 * @param string $mark  Of a new one.
	 * @return int Its id.
	 * @throws Problem POST_CREATION_FAILED.
	 */
	public static function write_post( Plan $plan, Claim $claim, $mark ) {
		$existing = self::existing( $plan );
		$post     = self::text( $plan );
		if ( $existing ) {
			Posts::take_out_of_trash( $existing );
			// Its date, address, excerpt and whatever else it has got there stay.
			$id = wp_update_post( wp_slash( $post + array( 'ID' => $existing, 'edit_date' => true ) ), true ); // phpcs:ignore WordPress.Arrays
		} else {
			$id = wp_insert_post( wp_slash( self::anew( $plan ) + array( Marks::ARGUMENT => $mark ) ), true );
		}
		if ( is_wp_error( $id ) ) {
			throw new Problem( 'POST_CREATION_FAILED', 'WordPress refused to create the gallery post.', 'creating_post', array( 'error' => $id->get_error_message() ) );
		}
		if ( ! $existing ) {
			$claim->undo->created_post( $mark, $id );
			add_post_meta( $id, Posts::ITSELF, $id );
			add_post_meta( $id, Posts::COMMENTS, Posts::row( $id )->comment_status );
		}
		update_post_meta( $id, Posts::STORED_HASH, Posts::stored_hash( Posts::row( $id ) ) );
		return $id;
	}

	/**
	 * The gallery post that a publication changes, or 0. Where its post is gone, nobody is told of what
	 * somebody edited in it: it is then a post like any other, and a new one is made.
	 */
	public static function existing( Plan $plan ) {
		$id = Posts::overflow_of( $plan->request->fence->installation, $plan->request->fence->content_id );
		if ( $id && ! $plan->row && ! self::has_our_words( $id ) ) {
			Posts::give_away( $id );
			return 0;
		}
		return $id;
	}

	/** Whether nothing of anybody's is lost with a gallery post. */
	public static function is_as_left( $id ) {
		return self::has_our_words( $id ) && ! self::has_more( $id );
	}

	/** Whether people have left something on it beside its words; an excerpt is never ours. */
	public static function has_more( $id ) {
		$row = Posts::row( $id );
		return $row && ( '' !== $row->post_excerpt || People::have_worked_on( $id, self::NOTHING_BESIDE ) );
	}

	/**
	 * A newer version needs none: it is deleted, or goes offline where somebody has left something on it
	 * beside its words, which are as we left them or were published over.
	 *
	 * @param int   $id    The gallery post.
	 * @param Claim $claim Where a deletion is noted.
	 */
	public static function put_away( $id, Claim $claim ) {
		if ( ! self::has_more( $id ) ) {
			Deletion::run( $id, $claim );
		} elseif ( Posts::is_public( Posts::row( $id ) ) ) {
			Saving::as_draft( $id );
		}
	}

	/** Whether it has the words that the last publication gave it; what an older plugin left tells nothing. */
	private static function has_our_words( $id ) {
		$row  = Posts::row( $id );
		$meta = $row ? Posts::meta( $id ) : array();
		return $row && ( ! isset( $meta[ Posts::STORED_HASH ] ) || Baseline::is_stored( $row, $meta ) );
	}

	/** A new one with all its columns. */
	public static function anew( Plan $plan ) {
		$text = self::text( $plan );
		return $text + array(
			'post_type'     => $plan->request->content_type,
			'post_status'   => 'draft',
			'post_author'   => $plan->author->ID,
			'post_name'     => wp_unique_post_slug( sanitize_title( $text['post_title'] ), 0, 'publish', $plan->request->content_type, 0 ),
			'post_date_gmt' => gmdate( 'Y-m-d H:i:s', $plan->date ),
			'post_date'     => wp_date( 'Y-m-d H:i:s', $plan->date ),
			'meta_input'    => array( Posts::GALLERY_OF => (string) $plan->request->fence->content_id ) + Posts::owner( $plan->request->fence ),
		);
	}
}
