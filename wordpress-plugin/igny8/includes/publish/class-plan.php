<?php
/**
 * What a publication will do.
 *
 * @package Igny8
 */

namespace Igny8\Publish;

use Igny8\Posts\Baseline;
use Igny8\Posts\Html;
use Igny8\Media\Image_Set;
use Igny8\Posts\Posts;
use Igny8\Problem;
use Igny8\Claim\Proof;
use Igny8\Rest\Publish_Request;
use Igny8\Seo\Seo;
use Igny8\Terms\Terms;

defined( 'ABSPATH' ) || exit;

/** Request and WordPress looked at together; made without writing, by dry run and real run alike. */
final class Plan {

	/** What is asked. @var Publish_Request */
	public $request;
	/** Who publishes. @var \WP_User */
	public $author;
	/** Title as it may be stored. @var string */
	public $title;
	/** Excerpt as it may be stored. @var string */
	public $excerpt;
	/** What the title and the excerpt lost. @var string[] */
	private $removed = array();
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
	/** What was changed there since, field by field. @var array */
	public $edits = array();
	/** The post as it stood when the plan was made; null: there is none. @var Baseline|null */
	public $seen = null;
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
		$plan->clean_texts();
		$ids           = Posts::with_content_id( $r->fence->installation, $r->fence->content_id );
		// A dry run writes no name; what would get one counts as ours.
		$ids = $ids ? $ids : Proof::posts( $r->fence->installation, $r->fence->content_id, $r->fence->proof );
		if ( $ids ) {
			$plan->row  = Posts::row( $ids[0] );
			$plan->meta = Posts::meta( $ids[0] );
			$plan->look();
		}
		$plan->seo = Seo::active();
		$plan->set_date();
		$plan->terms  = new Terms( $r );
		$plan->images = new Image_Set( $r, null !== $plan->row );
		return $plan;
	}

	/** Reads the post again, after another request changed it meanwhile. */
	public function refresh() {
		if ( $this->row ) {
			$this->row  = Posts::row( (int) $this->row->ID );
			$this->meta = $this->row ? Posts::meta( (int) $this->row->ID ) : array();
		}
	}

	/** created, updated or skipped. */
	public function result() {
		if ( ! $this->row ) {
			return 'created';
		}
		return $this->is_unchanged() ? 'skipped' : 'updated';
	}

	/** The same content stands there as it is to stand, untouched. */
	private function is_unchanged() {
		return ! $this->request->force && ! $this->edits && $this->status() === $this->row->post_status
			&& ( $this->meta['_igny8_content_hash'] ?? '' ) === $this->request->content_hash
			&& ( $this->meta[ Posts::STORED_HASH ] ?? '' ) === Posts::stored_hash( $this->row );
	}

	/** The status that the post has in the end: what is public stays so, whatever else was asked for. */
	public function status() {
		return $this->row && 'publish' === $this->row->post_status ? 'publish' : $this->request->status;
	}

	/** The status while it is written: one that stands as it is to stand already is changed by the very last statement. */
	public function status_meanwhile() {
		return $this->row && $this->row->post_status === $this->status() ? $this->status() : 'draft';
	}

	/** Its date in UTC as WordPress stores it: a draft that was never public has none, and gets one when somebody publishes it. */
	public function date_gmt() {
		$has_one = 'draft' !== $this->status() || ( $this->row && Posts::is_dated( $this->row ) );
		return $has_one ? gmdate( 'Y-m-d H:i:s', $this->date ) : Posts::NO_DATE;
	}

	/** The slug that a new post would like to have; another post may have it already. */
	public function wanted_slug() {
		$slug = sanitize_title( '' !== $this->request->slug ? $this->request->slug : $this->request->title );
		return '' !== $slug ? $slug : 'content-' . $this->request->fence->content_id;
	}

	/** Title and excerpt: nothing in them runs, whatever the author may publish. */
	private function clean_texts() {
		list( $this->title, $of_title )     = Html::clean_title( $this->request->title, $this->author );
		list( $this->excerpt, $of_excerpt ) = Html::clean_excerpt( $this->request->excerpt, $this->author );

		$this->removed = array_merge( $of_title, $of_excerpt );
	}

	/**
	 * The text as it will be stored, without what the gallery adds.
	 *
	 * @return array The text and the list of removed HTML.
	 */
	public function content() {
		list( $content, $removed ) = Html::clean( Html::place_images( $this->request->content_html, $this->images->addresses() ), $this->author );
		return array( $content, array_values( array_unique( array_merge( $removed, $this->removed ) ) ) );
	}

	/**
	 * Somebody may have edited the post in WordPress since the last publication left it.
	 *
	 * @throws Problem EDITED_THERE, unless it is this very state that a person wants replaced.
	 */
	private function look() {
		$r           = $this->request;
		$this->seen  = Baseline::now( $this->row, $this->meta );
		$this->edits = Baseline::left( $this->row, $this->meta )->differences( $this->seen, $this->row );
		if ( $r->dry_run ) {
			return;
		}
		if ( $r->look_first && $this->edits && $this->seen->hash() !== $r->over ) {
			throw $this->edited_there( $this->seen, $this->edits );
		}
		// An app of before looks at the text only, where it wants to, and overrules by force.
		if ( '' !== $r->expected_hash && ! $r->look_first && ! $r->force && Posts::stored_hash( $this->row ) !== $r->expected_hash ) {
			throw $this->edited_there( $this->seen, $this->edits );
		}
	}

	/**
	 * Inside the post's transaction: nothing was edited since the plan was made.
	 *
	 * @throws Problem EDITED_THERE.
	 */
	public function look_again() {
		if ( ! $this->row || ! $this->request->look_first ) {
			return;
		}
		$row  = Posts::row( (int) $this->row->ID, true );
		$meta = Posts::meta( (int) $this->row->ID );
		$now  = $row ? Baseline::now( $row, $meta ) : null;
		if ( $now && $now->hash() !== $this->seen->hash() ) {
			throw $this->edited_there( $now, Baseline::left( $row, $meta )->differences( $now, $row ) );
		}
	}

	/** The refusal, with what a person needs to decide. */
	private function edited_there( Baseline $now, array $differences ) {
		return new Problem(
			'EDITED_THERE',
			'The post was edited in WordPress since it was published.',
			'connection',
			array(
				'post_id'     => (int) $this->row->ID,
				'stored_hash' => Posts::stored_hash( $this->row ),
				'differences' => $differences,
				'over'        => $now->hash(),
			)
		);
	}

	/** A post keeps its date; a new one gets the wanted moment, never one that WordPress thinks is to come. */
	private function set_date() {
		$now    = time();
		$wanted = 'scheduled' === $this->request->mode ? $this->request->published_at : null;
		$wanted = null === $wanted ? $now : $wanted;
		if ( $this->row && Posts::is_dated( $this->row ) ) {
			$wanted = strtotime( $this->row->post_date_gmt . ' UTC' );
		}
		$this->date_clamped = $wanted > $now;
		$this->date         = min( $wanted, $now );
	}
}
