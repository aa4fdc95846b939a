<?php
/**
 * What every SEO plugin's writer can do.
 *
 * @package Igny8
 */

namespace Igny8\Seo;

use Igny8\Rest\Publish_Request;

defined( 'ABSPATH' ) || exit;

/** Writes title, description and keywords to where the active SEO plugin reads them. */
interface Writer {

	/** Name in the contract: yoast, rank_math, aioseo, seopress, none. */
	public function name();

	/** Version of the SEO plugin, or null. */
	public function version();

	/** Whether it knows focus keywords. */
	public function supports_keywords();

	/** Names of all fields that it writes. */
	public function fields();

	/**
	 * The fields that a request leads to.
	 *
	 * @param Publish_Request $r The request.
	 * @return array Field → value; '' removes the field.
	 */
	public function values( Publish_Request $r );

	/**
	 * The same fields as they are stored now.
	 *
	 * @param int   $post_id The post.
	 * @param array $fields  Field names.
	 * @return array Field → value, '' where there is none.
	 */
	public function stored( $post_id, array $fields );

	/**
	 * Writes the fields; whether they arrived is checked by the caller.
	 *
	 * @param int   $post_id The post.
	 * @param array $values  From values().
	 */
	public function write( $post_id, array $values );

	/**
	 * What its editor shows of a post.
	 *
	 * @param int $post_id The post.
	 * @return array title, description, canonical, and keywords as a list.
	 */
	public function words( $post_id );

	/** Field that holds the focus keyword. */
	public function keyword_field();

	/** Its own table with one row for each post, or ''. */
	public function table();
}
