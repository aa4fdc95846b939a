<?php
/**
 * The answers of publish-content.
 *
 * @package Igny8
 */

namespace Igny8\Rest;

use Igny8\Claim\Fence;
use Igny8\Posts\Differences;
use Igny8\Options;
use Igny8\Publish\Plan;
use Igny8\Posts\Post_Writer;
use Igny8\Posts\Posts;
use Igny8\Problem;
use Igny8\Seo\Seo;
use Igny8\Seo\Writer;

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
			'post_status'          => $plan->status(),
			'post_date_utc'        => Posts::utc( $plan->date ),
			'date_clamped'         => $plan->date_clamped,
			'fields'               => Differences::of( $plan, $content ),
			'taxonomies_processed' => $plan->terms->processed,
			'images'               => $plan->images->plan(),
			'seo_plugin'           => self::seo( $plan->seo, $plan->seo->values( $plan->request ) ),
			'removed_html'         => $removed,
			'differences'          => $plan->edits,
			'over'                 => $plan->edits ? $plan->seen->hash() : null,
		);
	}

	/** What the database says about a post, with what was planned of it. */
	private static function about_post( Plan $plan, $row, array $meta, $result ) {
		$data   = self::standing( $plan->request->fence, $row, $meta );
		$images = array();
		foreach ( $plan->images->inline as $image ) {
			if ( $image->attachment_id ) {
				$images[ $image->token() ] = (string) wp_get_attachment_url( $image->attachment_id );
			}
		}
		if ( $data['featured_image'] ) {
			$data['featured_image']['reused'] = ! $plan->images->featured || $plan->images->featured->reused;
		}
		return array(
			'result'               => $result,
			'post_status'          => $plan->status(),
			'date_clamped'         => $plan->date_clamped,
			'content_hash'         => $plan->request->content_hash,
			'taxonomies_processed' => $plan->terms->processed,
			'seo_plugin'           => self::seo( $plan->seo, self::stored_keyword( $plan->seo, (int) $row->ID, $meta ) ),
			'inline_images'        => (object) $images,
		) + $data;
	}

	/**
	 * What is known of a publication from its post alone.
	 *
	 * @param Fence  $fence Whose content.
	 * @param object $row   The post.
	 * @param array  $meta  Its meta.
	 */
	public static function standing( Fence $fence, $row, array $meta ) {
		$id       = (int) $row->ID;
		$featured = (int) ( $meta['_thumbnail_id'] ?? 0 );
		$image    = $featured ? (string) wp_get_attachment_url( $featured ) : null;
		$time     = Posts::time_of( $row );
		$url      = Posts::public_url( $id );
		$terms    = Posts::terms( $id, $row->post_type );
		$overflow = Posts::overflow_of( $fence->installation, $fence->content_id );
		$gallery  = (array) json_decode( $meta['_igny8_gallery'] ?? '[]' );
		$seo      = Seo::active();
		return array(
			'content_id'           => $fence->content_id,
			'publish_key'          => $fence->key,
			'post_id'              => $id,
			'post_url'             => $url,
			'post_type'            => $row->post_type,
			'post_status'          => 'publish',
			'result'               => 1 < (int) ( $meta['_igny8_sequence'] ?? 1 ) ? 'updated' : 'created',
			'replayed'             => false,
			'post_date_utc'        => Posts::utc( $time ),
			'post_date_site'       => wp_date( 'Y-m-d\TH:i:sP', $time ),
			'site_timezone'        => wp_timezone_string(),
			'date_clamped'         => false,
			'content_hash'         => $meta['_igny8_content_hash'] ?? '',
			'stored_hash'          => Posts::stored_hash( $row ),
			'taxonomies_processed' => array_map( array( self::class, 'found' ), $terms ),
			'seo_plugin'           => self::seo( $seo, self::stored_keyword( $seo, $id, $meta ) ),
			'featured_image'       => $featured ? array( 'attachment_id' => $featured, 'url' => $image, 'reused' => true ) : null, // phpcs:ignore WordPress.Arrays
			'gallery'              => array(
				'attached'                 => count( $gallery ),
				'gallery_images_skipped'   => 0,
				'gallery_overflow_post_id' => $overflow ? $overflow : null,
				'gallery_images_inline'    => 0,
				'attachment_ids'           => $gallery,
			),
			'inline_images'        => (object) array(),
			'removed_html'         => array(),
			'sequence'             => max( 1, (int) ( $meta['_igny8_sequence'] ?? 1 ) ),
			'stored'               => array(
				'posts_with_this_id' => count( Posts::with_content_id( $fence->installation, $fence->content_id ) ),
				'terms'              => $terms,
				'featured_image_url' => $image,
				'permalink'          => $url,
				'title'              => $row->post_title,
				'slug'               => $row->post_name,
				'author_id'          => (int) $row->post_author,
			),
			'steps'                => array(),
		);
	}

	/** Terms of one kind that are simply there. */
	private static function found( array $terms ) {
		$names = wp_list_pluck( $terms, 'name' );
		return array(
			'requested' => $names,
			'created'   => array(),
			'existing'  => $names,
			'skipped'   => array(),
			'assigned'  => wp_list_pluck( $terms, 'id' ),
			'fallback'  => false,
		);
	}

	/** The field with the focus keyword, as it is stored. */
	private static function stored_keyword( Writer $seo, $post_id, array $meta ) {
		$field = $seo->keyword_field();
		return '' === $field || isset( $meta[ $field ] ) ? $meta : $seo->stored( $post_id, array( $field ) );
	}

	/** The SEO plugin, and whether a keyword is or would be there. */
	private static function seo( Writer $seo, array $values ) {
		$field = $seo->keyword_field();
		return array(
			'active'             => $seo->name(),
			'version'            => $seo->version(),
			'keywords_supported' => $seo->supports_keywords(),
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
