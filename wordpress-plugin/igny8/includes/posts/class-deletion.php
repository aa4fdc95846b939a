<?php
/**
 * Deleting for good.
 *
 * @package Igny8
 */

namespace Igny8\Posts;

use Igny8\Claim\Claim;
use Igny8\Claim\Undo;
use Igny8\Database\Cache_Trail;
use Igny8\Database\Database;

defined( 'ABSPATH' ) || exit;

// phpcs:disable WordPress.DB -- rows as they are, past every filter; every value is prepared.

/**
 * WordPress deletes a post or an attachment in many steps, its meta first and its row last, and may be
 * stopped between them. So its rows are noted before, and whoever comes next puts back what is missing
 * of one that is still there: nothing is judged by halves.
 */
final class Deletion {

	/**
	 * Notes the rows, then deletes. Where another plugin refuses that, all is there again and nothing noted.
	 *
	 * @param int   $id    The post or attachment.
	 * @param Claim $claim Where it is noted.
	 */
	public static function run( $id, Claim $claim ) {
		$before = Snapshot::of( $id );
		$claim->undo->will_delete( $before );
		$claim->note();
		try {
			wp_delete_post( $id, true );
		} finally {
			if ( Posts::row( $id ) ) {
				self::put_back( $before->rows );
			}
			$claim->undo->deleted( $id );
			$claim->note();
		}
	}

	/**
	 * Puts back what an unfinished deletion took; of an attachment whose row is gone the files follow.
	 *
	 * @param array $rows Of a Snapshot.
	 */
	public static function put_back( array $rows ) {
		global $wpdb;
		$id  = (int) $rows['post']['ID'];
		$now = Snapshot::of( $id )->rows;
		if ( ! $now['post'] ) {
			self::remove_files( $rows );
			return;
		}
		// A key that somebody has set meanwhile is his.
		$known = array_column( array_udiff( $now['meta'], $rows['meta'], array( self::class, 'compare' ) ), 'meta_key' );
		foreach ( self::missing( $rows['meta'], $now['meta'] ) as $row ) {
			if ( ! in_array( $row['meta_key'], $known, true ) ) {
				$wpdb->insert( $wpdb->postmeta, $row );
			}
		}
		foreach ( self::missing( $rows['relations'], $now['relations'] ) as $row ) {
			$wpdb->insert( $wpdb->term_relationships, $row );
		}
		if ( $rows['seo'] && $rows['seo'][1] && ! ( $now['seo'][1] ?? null ) ) {
			$wpdb->insert( $rows['seo'][0], $rows['seo'][1] );
		}
		Cache_Trail::clean_post( $id );
		Snapshot::count_terms( $rows['relations'] );
	}

	/**
	 * Posts of a content with which an unfinished deletion has begun: their own meta may not tell them any
	 * more.
	 *
	 * @param string   $installation Whose content.
	 * @param int      $content_id   The content.
	 * @param string[] $keys         Meta keys of which one named the content.
	 * @return int[]
	 */
	public static function half_done( $installation, $content_id, array $keys ) {
		global $wpdb;
		$sql  = 'SELECT undo_list FROM ' . Database::table() . ' WHERE installation = %s AND content_id = %d';
		$undo = Undo::from_json( $wpdb->get_var( $wpdb->prepare( $sql, $installation, $content_id ) ) );
		$ids  = array();
		foreach ( $undo->deletions() as $rows ) {
			$id = (int) $rows['post']['ID'];
			if ( array_intersect( $keys, array_column( $rows['meta'], 'meta_key' ) ) && Posts::row( $id ) ) {
				$ids[] = $id;
			}
		}
		return $ids;
	}

	/** Rows of the first list that the second lacks. */
	private static function missing( array $rows, array $others ) {
		return array_udiff( $rows, $others, array( self::class, 'compare' ) );
	}

	/** Orders two rows by what names them. */
	public static function compare( array $one, array $other ) {
		$name = isset( $one['meta_id'] ) ? 'meta_id' : 'term_taxonomy_id';
		return (int) $one[ $name ] - (int) $other[ $name ];
	}

	/** The files of an attachment whose row went before them, as long as no other one has them. */
	private static function remove_files( array $rows ) {
		global $wpdb;
		$meta = array_column( $rows['meta'], 'meta_value', 'meta_key' );
		$file = $meta['_wp_attached_file'] ?? '';
		if ( 'attachment' !== $rows['post']['post_type'] || '' === $file ) {
			return;
		}
		$sql = "SELECT 1 FROM $wpdb->postmeta WHERE meta_key = '_wp_attached_file' AND meta_value = %s LIMIT 1";
		if ( ! $wpdb->get_var( $wpdb->prepare( $sql, $file ) ) ) {
			$path = wp_upload_dir( null, false )['basedir'] . "/$file";
			$data = maybe_unserialize( $meta['_wp_attachment_metadata'] ?? '' );
			$old  = maybe_unserialize( $meta['_wp_attachment_backup_sizes'] ?? '' );
			wp_delete_attachment_files( (int) $rows['post']['ID'], is_array( $data ) ? $data : array(), is_array( $old ) ? $old : array(), $path );
		}
	}
}
