<?php
/**
 * All in One SEO.
 *
 * @package Igny8
 */

namespace Igny8\Seo;

use Igny8\Rest\Publish_Request;

defined( 'ABSPATH' ) || exit;

/**
 * All in One SEO shows what is in its own table, whatever post meta says; so its model is
 * written, as its editor does.
 */
final class Aioseo implements Writer {

	const MODEL = 'AIOSEO\Plugin\Common\Models\Post';

	/** Contract name. */
	public function name() {
		return 'aioseo';
	}

	/** Its version. */
	public function version() {
		return AIOSEO_VERSION;
	}

	/** It knows them. */
	public function supports_keywords() {
		return true;
	}

	/** Columns. */
	public function fields() {
		return array( 'title', 'description', 'canonical_url', 'keyphrases' );
	}

	/** Column → value; keyphrases as the JSON that the column holds. */
	public function values( Publish_Request $r ) {
		$phrases = array();
		foreach ( $r->focus_keywords as $keyword ) {
			$phrases[] = array(
				'keyphrase' => $keyword,
				'score'     => 0,
				'analysis'  => new \stdClass(),
			);
		}
		return array(
			'title'         => $r->meta_title,
			'description'   => $r->meta_description,
			'canonical_url' => $r->canonical_url,
			'keyphrases'    => $phrases ? wp_json_encode(
				array(
					'focus'      => $phrases[0],
					'additional' => array_slice( $phrases, 1 ),
				)
			) : '',
		);
	}

	/** The row of its table. */
	public function stored( $post_id, array $fields ) {
		global $wpdb;
		$row    = (array) $wpdb->get_row( $wpdb->prepare( "SELECT title, description, canonical_url, keyphrases FROM {$wpdb->prefix}aioseo_posts WHERE post_id = %d", $post_id ), ARRAY_A ); // phpcs:ignore WordPress.DB
		$result = array();
		foreach ( $fields as $field ) {
			$result[ $field ] = (string) ( $row[ $field ] ?? '' );
		}
		return $result;
	}

	/** The row of its table, its keyphrases as words. */
	public function words( $post_id ) {
		$row  = $this->stored( $post_id, $this->fields() );
		$data = (array) json_decode( $row['keyphrases'], true );
		$all  = array_merge( array( $data['focus'] ?? array() ), $data['additional'] ?? array() );
		return array(
			'title'       => $row['title'],
			'description' => $row['description'],
			'canonical'   => $row['canonical_url'],
			'keywords'    => array_values( array_filter( wp_list_pluck( array_filter( $all ), 'keyphrase' ), 'strlen' ) ),
		);
	}

	/** Its model saves the row. */
	public function write( $post_id, array $values ) {
		if ( ! class_exists( self::MODEL ) ) {
			return;
		}
		$model              = call_user_func( array( self::MODEL, 'getPost' ), $post_id );
		$model->post_id     = $post_id;
		$model->title       = $values['title'];
		$model->description = $values['description'];
		// Its page prints whatever is not null.
		$model->canonical_url = '' === $values['canonical_url'] ? null : $values['canonical_url'];

		$phrases            = '' === $values['keyphrases'] ? null : json_decode( $values['keyphrases'] );
		$model->keyphrases  = $phrases;
		// Version 5 keeps the words in columns of their own, too.
		if ( property_exists( $model, 'focus_keyword' ) ) {
			$model->focus_keyword       = $phrases ? $phrases->focus->keyphrase : '';
			$model->additional_keywords = $phrases ? $phrases->additional : null;
		}
		$model->save();
	}

	/** Holds the focus keyword. */
	public function keyword_field() {
		return 'keyphrases';
	}

	/** Where All in One SEO keeps everything. */
	public function table() {
		global $wpdb;
		return $wpdb->prefix . 'aioseo_posts';
	}
}
