<?php
/**
 * Tables of other plugins.
 *
 * @package Igny8
 */

namespace Igny8\Media;

use Igny8\Database\Database;

defined( 'ABSPATH' ) || exit;

/** Where sliders, page builders and the like keep texts of their own. */
final class Other_Tables {

	/** Plugins that note every image, whether anybody uses it or not; a part of a pattern. */
	const OPTIMISERS = 'smush|imagify|shortpixel|ewww|optim|webp|avif';

	/** Types of columns that hold texts. */
	const TEXTS = "'char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'json'";

	/**
	 * Their columns, each as SQL in which every text can be searched for.
	 *
	 * @return array Table → columns.
	 */
	public static function columns() {
		global $wpdb;
		$sql = 'SELECT TABLE_NAME AS name, COLUMN_NAME AS part FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE %s AND DATA_TYPE IN ( ' . self::TEXTS . ' )';
		$all = array();
		foreach ( $wpdb->get_results( $wpdb->prepare( $sql, $wpdb->esc_like( $wpdb->prefix ) . '%' ) ) as $column ) { // phpcs:ignore WordPress.DB -- prepared above.
			if ( ! self::is_known( $column->name ) ) {
				$all[ "`$column->name`" ][] = "CONVERT( `$column->part` USING utf8mb4 )";
			}
		}
		return $all;
	}

	/** WordPress's and ours, those of other websites of a network, and copies of what is looked through elsewhere. */
	private static function is_known( $table ) {
		global $wpdb;
		$ours = array( Database::table(), Database::old_table(), Database::installations() );
		$rest = substr( $table, strlen( $wpdb->prefix ) );
		return in_array( $table, array_merge( $wpdb->tables(), $ours ), true ) || preg_match( '/^([0-9]+|yoast)_|' . self::OPTIMISERS . '/i', $rest );
	}
}
