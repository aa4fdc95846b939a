<?php
/**
 * Field by field: before and after.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Publish\Plan;
use Igny8\Rest\Publish_Request;

defined( 'ABSPATH' ) || exit;

/** What a publication would change, for the dry run. */
final class Differences {

	/**
	 * All fields of a planned publication.
	 *
	 * @param Plan   $plan    The plan.
	 * @param string $content The text that would be stored.
	 */
	public static function of( Plan $plan, $content ) {
		$row    = $plan->row;
		$list   = array();
		$list[] = self::field( $plan, 'title', $row ? $row->post_title : null, $plan->title );
		$list[] = self::field( $plan, 'slug', $row ? $row->post_name : null, '' !== $plan->request->slug || ! $row ? sanitize_title( '' !== $plan->request->slug ? $plan->request->slug : $plan->title ) : $row->post_name );
		$list[] = self::field( $plan, 'content', $row ? $row->post_content : null, $content );
		$list[] = self::field( $plan, 'excerpt', $row ? $row->post_excerpt : null, $plan->excerpt );
		$list[] = self::field( $plan, 'author', $row ? get_the_author_meta( 'user_email', (int) $row->post_author ) : null, $plan->author->user_email );
		$list   = array_merge( $list, self::terms( $plan ) );
		$list[] = self::featured_image( $plan );
		$wanted = $plan->seo->values( $plan->request );
		$stored = $row ? $plan->seo->stored( (int) $row->ID, array_keys( $wanted ) ) : array();
		foreach ( $wanted as $field => $value ) {
			$list[] = self::field( $plan, 'seo:' . $field, $stored[ $field ] ?? null, $value );
		}
		return $list;
	}

	/** Names of terms, in alphabetical order. */
	private static function terms( Plan $plan ) {
		$stored = $plan->row ? Posts::terms( (int) $plan->row->ID, $plan->row->post_type ) : array();
		$list   = array();
		foreach ( Publish_Request::KINDS as $kind ) {
			$report = $plan->terms->processed[ $kind ];
			$after  = array_merge( $report['existing'], $report['created'] );
			$before = isset( $stored[ $kind ] ) ? wp_list_pluck( $stored[ $kind ], 'name' ) : null;
			sort( $after );
			if ( null !== $before ) {
				sort( $before );
			}
			$list[] = self::field( $plan, $kind, null === $before ? null : implode( ', ', $before ), implode( ', ', $after ) );
		}
		return $list;
	}

	/** The featured image by its source. */
	private static function featured_image( Plan $plan ) {
		$featured = $plan->images->featured;
		$current  = (int) ( $plan->meta['_thumbnail_id'] ?? 0 );
		$before   = null;
		if ( $plan->row ) {
			$before = $current ? (string) wp_get_attachment_url( $current ) : '';
		}
		$after = $featured ? $featured->source() : '';
		if ( $featured && $featured->reused && $featured->attachment_id === $current ) {
			$after = $before;
		}
		return self::field( $plan, 'featured_image', $before, $after );
	}

	/** One field. */
	private static function field( Plan $plan, $name, $from, $to ) {
		$action = $plan->row ? ( (string) $from === (string) $to ? 'keep' : 'change' ) : 'create';
		return array(
			'field'  => $name,
			'action' => $action,
			'from'   => null === $from ? null : mb_substr( $from, 0, 200 ),
			'to'     => null === $to ? null : mb_substr( (string) $to, 0, 200 ),
		);
	}
}
