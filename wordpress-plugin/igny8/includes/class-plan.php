<?php
/**
 * What a publication will do.
 *
 * @package Igny8
 */

namespace Igny8;

defined( 'ABSPATH' ) || exit;

/** Request and WordPress looked at together; made without writing, by dry run and real run alike. */
final class Plan {

	/** What is asked. @var Publish_Request */
	public $request;
	/** Who publishes. @var \WP_User */
	public $author;
	/** Title as it may be stored. @var string */
	public $title;
	/** The existing post's row, or null. @var object|null */
	public $row;
	/** Its meta. @var array */
	public $meta = array();
	/** Terms. @var Terms */
	public $terms;
	/** Images. @var Image_Set */
	public $images;
	/** The active SEO plugin's writer. @var Seo\Writer */
	public $seo;
	/** Date of the post, Unix time. @var int */
	public $date;
	/** published_at was in the future. @var bool */
	public $date_clamped = false;

	/**
	 * Checks and plans.
	 *
	 * @param Publish_Request $r The request.
	 * @throws Problem Whatever keeps it from being published.
	 */
	public static function make( Publish_Request $r ) {
		$plan          = new self();
		$plan->request = $r;
		$plan->author  = Checks::run( $r );
		$plan->title   = Html::clean_title( $r->title, $plan->author );
		$ids           = Posts::with_content_id( $r->fence->installation, $r->fence->content_id );
		if ( $ids ) {
			$plan->row  = Posts::row( $ids[0] );
			$plan->meta = Posts::meta( $ids[0] );
		}
		$plan->refuse_when_edited();
		$plan->seo = Seo::active();
		$plan->set_date();
		$plan->terms  = new Terms( $r );
		$plan->images = new Image_Set( $r, null !== $plan->row );
		return $plan;
	}

	/** created, updated or skipped. */
	public function result() {
		if ( ! $this->row ) {
			return 'created';
		}
		return $this->is_unchanged() ? 'skipped' : 'updated';
	}

	/** The same content stands there, public and untouched. */
	private function is_unchanged() {
		return ! $this->request->force && 'publish' === $this->row->post_status
			&& ( $this->meta['_igny8_content_hash'] ?? '' ) === $this->request->content_hash
			&& ( $this->meta[ Posts::STORED_HASH ] ?? '' ) === Posts::stored_hash( $this->row );
	}

	/** Whether the post is public now, so that changing it is the last act. */
	public function was_public() {
		return $this->row && 'publish' === $this->row->post_status;
	}

	/** The slug that a new post would like to have; another post may have it already. */
	public function wanted_slug() {
		$slug = sanitize_title( '' !== $this->request->slug ? $this->request->slug : $this->request->title );
		return '' !== $slug ? $slug : 'content-' . $this->request->fence->content_id;
	}

	/**
	 * The text as it will be stored, without what the gallery adds.
	 *
	 * @return array The text and the list of removed HTML.
	 */
	public function content() {
		return Html::clean( Html::place_images( $this->request->content_html, $this->images->addresses() ), $this->author );
	}

	/** Somebody edited the post there since the app looked at it last. */
	private function refuse_when_edited() {
		$expected = $this->request->expected_hash;
		if ( ! $this->row || '' === $expected || $this->request->force ) {
			return;
		}
		$stored = Posts::stored_hash( $this->row );
		if ( $stored !== $expected ) {
			throw new Problem(
				'EDITED_THERE',
				'The post was edited in WordPress since it was published.',
				'connection',
				array(
					'post_id'       => (int) $this->row->ID,
					'stored_hash'   => $stored,
					'expected_hash' => $expected,
				)
			);
		}
	}

	/** A post keeps its date; a new one gets the wanted moment, never one that WordPress thinks is to come. */
	private function set_date() {
		$now    = time();
		$wanted = 'scheduled' === $this->request->mode ? $this->request->published_at : null;
		$wanted = null === $wanted ? $now : $wanted;
		if ( $this->row && '0000-00-00 00:00:00' !== $this->row->post_date_gmt ) {
			$wanted = strtotime( $this->row->post_date_gmt . ' UTC' );
		}
		$this->date_clamped = $wanted > $now;
		$this->date         = min( $wanted, $now );
	}
}
