<?php
/**
 * The answers of publish-content.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Posts\Differences;
use Igny8\Options;
use Igny8\Publish\Plan;
use Igny8\Posts\Post_Writer;
use Igny8\Posts\Posts;
use Igny8\Problem;

defined( 'ABSPATH' ) || exit;

/** What was done, read back from the database; and, for a dry run, what would be done. */
final class Answer {

	/**
	 * After writing, before the commit.
	 *
	 * @param Plan        $plan   What was planned.
	 * @param Post_Writer $writer What was written.
	 * @param array       $steps  Step → milliseconds.
	 * @throws Problem POST_CREATION_FAILED when something is not there.
	 */
	public static function published( Plan $plan, Post_Writer $writer, array $steps ) {
		$id   = $writer->post_id;
		$row  = Posts::row( $id );
		$meta = Posts::meta( $id );
		$data = self::about_post( $plan, $row, $meta, $plan->row ? 'updated' : 'created' );
		self::require_complete( $plan, $data, $meta );
		$data['removed_html'] = $writer->removed_html;
		foreach ( $steps as $step => $milliseconds ) {
			$data['steps'][] = array(
				'step' => $step,
				'ms'   => $milliseconds,
			);
		}
		$skip            = 'skip' === Options::gallery_overflow();
		$extra           = count( $plan->images->overflow );
		$data['gallery'] = array(
			'attached'                 => count( $plan->images->gallery ),
			'gallery_images_skipped'   => $skip ? $extra : 0,
			'gallery_overflow_post_id' => $writer->overflow_id ? $writer->overflow_id : null,
			'gallery_images_inline'    => 'inline' === Options::gallery_overflow() ? $extra : 0,
			'attachment_ids'           => wp_list_pluck( $plan->images->gallery, 'attachment_id' ),
		);
		return $data;
	}

	/** Nothing had to be done. */
	public static function skipped( Plan $plan ) {
		return self::about_post( $plan, $plan->row, $plan->meta, 'skipped' );
	}

	/** The data of a dry run. */
	public static function dry_run( Plan $plan ) {
		list( $content, $removed ) = $plan->content();
		return array(
			'content_id'           => $plan->request->fence->content_id,
			'dry_run'              => true,
			'result'               => $plan->result(),
			'post_id'              => $plan->row ? (int) $plan->row->ID : null,
			'post_type'            => $plan->request->content_type,
			'post_date_utc'        => Posts::utc( $plan->date ),
			'date_clamped'         => $plan->date_clamped,
			'fields'               => Differences::of( $plan, $content ),
			'taxonomies_processed' => $plan->terms->processed,
			'images'               => $plan->images->plan(),
			'seo_plugin'           => self::seo( $plan, $plan->seo->values( $plan->request ) ),
			'removed_html'         => $removed,
			'differences'          => $plan->edits,
			'over'                 => $plan->edits ? $plan->seen->hash() : null,
		);
	}

	/** What the database says about a post. */
	private static function about_post( Plan $plan, $row, array $meta, $result ) {
		$id       = (int) $row->ID;
		$featured = (int) ( $meta['_thumbnail_id'] ?? 0 );
		$time     = strtotime( $row->post_date_gmt . ' UTC' );
		$url      = Posts::public_url( $id );
		$images   = array();
		foreach ( $plan->images->inline as $image ) {
			if ( $image->attachment_id ) {
				$images[ $image->token() ] = (string) wp_get_attachment_url( $image->attachment_id );
			}
		}
		return array(
			'content_id'           => $plan->request->fence->content_id,
			'publish_key'          => $plan->request->fence->key,
			'post_id'              => $id,
			'post_url'             => $url,
			'post_type'            => $row->post_type,
			'post_status'          => 'publish',
			'result'               => $result,
			'replayed'             => false,
			'post_date_utc'        => Posts::utc( $time ),
			'post_date_site'       => wp_date( 'Y-m-d\TH:i:sP', $time ),
			'site_timezone'        => wp_timezone_string(),
			'date_clamped'         => $plan->date_clamped,
			'content_hash'         => $plan->request->content_hash,
			'stored_hash'          => Posts::stored_hash( $row ),
			'taxonomies_processed' => $plan->terms->processed,
			'seo_plugin'           => self::seo( $plan, self::stored_keyword( $plan, $id, $meta ) ),
			'featured_image'       => $featured ? array(
				'attachment_id' => $featured,
				'url'           => (string) wp_get_attachment_url( $featured ),
				'reused'        => ! $plan->images->featured || $plan->images->featured->reused,
			) : null,
			'gallery'              => array(
				'attached'                 => count( (array) json_decode( $meta['_igny8_gallery'] ?? '[]' ) ),
				'gallery_images_skipped'   => 0,
				'gallery_overflow_post_id' => null,
				'gallery_images_inline'    => 0,
				'attachment_ids'           => (array) json_decode( $meta['_igny8_gallery'] ?? '[]' ),
			),
			'inline_images'        => (object) $images,
			'removed_html'         => array(),
			'sequence'             => max( 1, (int) ( $meta['_igny8_sequence'] ?? 1 ) ),
			'stored'               => array(
				'posts_with_this_id' => count( Posts::with_content_id( $plan->request->fence->installation, $plan->request->fence->content_id ) ),
				'terms'              => Posts::terms( $id, $row->post_type ),
				'featured_image_url' => $featured ? (string) wp_get_attachment_url( $featured ) : null,
				'permalink'          => $url,
				'title'              => $row->post_title,
				'slug'               => $row->post_name,
				'author_id'          => (int) $row->post_author,
			),
			'steps'                => array(),
		);
	}

	/** The field with the focus keyword, as it is stored. */
	private static function stored_keyword( Plan $plan, $post_id, array $meta ) {
		$field = $plan->seo->keyword_field();
		return '' === $field || isset( $meta[ $field ] ) ? $meta : $plan->seo->stored( $post_id, array( $field ) );
	}

	/** The SEO plugin, and whether a keyword is or would be there. */
	private static function seo( Plan $plan, array $values ) {
		$field = $plan->seo->keyword_field();
		return array(
			'active'             => $plan->seo->name(),
			'version'            => $plan->seo->version(),
			'keywords_supported' => $plan->seo->supports_keywords(),
			'focus_keyword_set'  => '' !== ( $values[ $field ] ?? '' ),
		);
	}

	/** A post that lacks something is not committed. */
	private static function require_complete( Plan $plan, array $data, array $meta ) {
		$missing = array_diff( array( '_igny8_content_id', '_igny8_content_hash', '_igny8_publish_key', Posts::STORED_HASH ), array_keys( $meta ) );
		if ( $plan->images->featured && (int) ( $meta['_thumbnail_id'] ?? 0 ) !== $plan->images->featured->attachment_id ) {
			$missing[] = '_thumbnail_id';
		}
		foreach ( Publish_Request::KINDS as $kind ) {
			$stored = wp_list_pluck( $data['stored']['terms'][ $kind ], 'id' );
			if ( array_diff( $plan->terms->ids( $kind ), $stored ) ) {
				$missing[] = $kind;
			}
		}
		if ( $missing ) {
			$code = $plan->row ? 'POST_UPDATE_FAILED' : 'POST_CREATION_FAILED';
			throw new Problem( $code, 'WordPress did not store everything that belongs to the post.', 'creating_post', array( 'missing' => array_values( $missing ) ) );
		}
	}
}
