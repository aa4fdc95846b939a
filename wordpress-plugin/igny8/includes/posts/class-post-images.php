<?php
/**
 * The images that belong to a post beside its text.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Media\Attachments;
use Igny8\Publish\Plan;

defined( 'ABSPATH' ) || exit;

/** A post's featured image, and a product's gallery: ours are set and taken away, a person's stay. */
final class Post_Images {

	/**
	 * What a publication makes of both.
	 *
	 * @param Plan $plan The plan; its images have their attachments.
	 * @return array Meta key → value, '' where it is removed.
	 */
	public static function meta( Plan $plan ) {
		$featured = $plan->images->featured;
		$meta     = array();
		if ( $featured ) {
			$meta['_thumbnail_id'] = (string) $featured->attachment_id;
		} elseif ( self::has_image_of_ours( $plan ) ) {
			$meta['_thumbnail_id'] = '';
		}
		if ( 'product' === $plan->request->content_type ) {
			if ( $plan->images->gallery ) {
				$meta['_product_image_gallery'] = implode( ',', $plan->images->gallery_ids() );
			} elseif ( self::has_gallery_of_ours( $plan ) ) {
				$meta['_product_image_gallery'] = '';
			}
		}
		return $meta;
	}

	/**
	 * Writes them.
	 *
	 * @param int  $post_id The post.
	 * @param Plan $plan    The plan.
	 */
	public static function write( $post_id, Plan $plan ) {
		foreach ( self::meta( $plan ) as $key => $value ) {
			if ( '' === $value ) {
				delete_post_meta( $post_id, $key );
			} else {
				update_post_meta( $post_id, $key, $value );
			}
		}
	}

	/** Whether the featured image that is there is one of ours. */
	private static function has_image_of_ours( Plan $plan ) {
		$current = (int) ( $plan->meta['_thumbnail_id'] ?? 0 );
		return $current && '' !== (string) get_post_meta( $current, Attachments::CONTENT, true );
	}

	/** Whether a product shows nothing in its gallery but images that we made for it. */
	private static function has_gallery_of_ours( Plan $plan ) {
		$fence   = $plan->request->fence;
		$current = array_filter( array_map( 'intval', explode( ',', $plan->meta['_product_image_gallery'] ?? '' ) ) );
		return $current && ! array_diff( $current, Attachments::of_content( $fence->installation, $fence->content_id ) );
	}
}
