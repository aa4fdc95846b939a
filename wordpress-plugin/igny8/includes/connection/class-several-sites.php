<?php
/**
 * More than one site could be meant.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

defined( 'ABSPATH' ) || exit;

/** The administrator chooses one of them. */
final class Several_Sites extends \RuntimeException {

	/** Names by the app's ids. @var string[] */
	public $sites;

	/**
	 * Names what there is to choose from.
	 *
	 * @param string   $message A sentence.
	 * @param string[] $sites   Names by ids.
	 */
	public function __construct( $message, array $sites ) {
		parent::__construct( $message );
		$this->sites = $sites;
	}
}
