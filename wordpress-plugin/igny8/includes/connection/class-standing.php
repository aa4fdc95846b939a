<?php
/**
 * How the connection stands here, and what can be done about it.
 *
 * @package Igny8
 */

namespace Igny8\Connection;

use Igny8\Changes\Courier;
use Igny8\Changes\Outbox;
use Igny8\Options;
use Igny8\Posts\Posts;

defined( 'ABSPATH' ) || exit;

/** What the dashboard shows and its buttons do, and the commands of WP-CLI as well. */
final class Standing {

	/**
	 * Each fact that this website and IGNY8 know, by its label.
	 *
	 * @param Summary $summary What IGNY8 says.
	 * @return string[] label => value.
	 */
	public static function facts( Summary $summary ) {
		$facts = array(
			__( 'Connection', 'igny8' )    => '' === $summary->problem ? __( 'IGNY8 answers and knows this website.', 'igny8' ) : $summary->problem,
			__( 'Managed posts', 'igny8' ) => number_format_i18n( array_sum( Posts::count_by_installation() ) ),
		);
		if ( '' === $summary->problem ) {
			$facts += array(
				__( 'Pending today', 'igny8' )    => number_format_i18n( $summary->numbers['pending_today'] ),
				__( 'Scheduled', 'igny8' )        => number_format_i18n( $summary->numbers['scheduled'] ),
				__( 'Failed', 'igny8' )           => number_format_i18n( $summary->numbers['failed'] ),
				__( 'Last publication', 'igny8' ) => $summary->last ? self::moment( $summary->last['at'] ) . ': ' . $summary->last['title'] : __( 'none yet', 'igny8' ),
			);
		}
		return $facts + array(
			__( 'Last sync', 'igny8' )       => self::moment( (int) get_option( Options::STRUCTURE_SYNCED ) ),
			__( 'Waiting changes', 'igny8' ) => self::waiting(),
		) + self::refused();
	}

	/** What IGNY8 will not take as it is, where there is something. */
	private static function refused() {
		$lines = Outbox::refusals();
		return $lines ? array( __( 'Changes that IGNY8 refused', 'igny8' ) => implode( ' ', $lines ) ) : array();
	}

	/** What was changed here and IGNY8 has not been told. */
	private static function waiting() {
		$report = Outbox::report();
		if ( ! $report['waiting'] ) {
			return __( 'none', 'igny8' );
		}
		/* translators: 1: number of pieces, 2: a duration. */
		return sprintf( __( '%1$s, the first of them for %2$s', 'igny8' ), number_format_i18n( $report['waiting'] ), human_time_diff( 0, $report['oldest_seconds'] ) );
	}

	/** A moment by this website's clock. */
	public static function moment( $at ) {
		return $at ? (string) wp_date( get_option( 'date_format' ) . ' ' . get_option( 'time_format' ), $at ) : __( 'none yet', 'igny8' );
	}

	/**
	 * Tells IGNY8 what this website is made of.
	 *
	 * @return string What was sent, in a sentence.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function sync() {
		return Structure_Sync::run();
	}

	/**
	 * Tells IGNY8 what was changed here, also what it has refused before.
	 *
	 * @return string What was sent, in a sentence.
	 * @throws \RuntimeException With a sentence for the administrator.
	 */
	public static function flush() {
		Outbox::take_up();
		$done = Courier::receive()[1];
		/* translators: 1: number of pieces told, 2: number as IGNY8 knows them, 3: number that wait. */
		$said = sprintf( __( 'Changes told: %1$d, already known: %2$d, still waiting: %3$d.', 'igny8' ), $done['sent'], $done['unchanged'], $done['waiting'] );
		if ( '' !== $done['problem'] ) {
			/* translators: 1: what was sent, 2: technical reason. */
			throw new \RuntimeException( sprintf( __( '%1$s IGNY8 did not take more: %2$s. It is tried again by itself.', 'igny8' ), $said, $done['problem'] ) );
		}
		return $said;
	}
}
