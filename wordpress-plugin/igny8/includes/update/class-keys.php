<?php
/**
 * Whose releases are installed.
 *
 * @package Igny8
 */

namespace Igny8\Update;

defined( 'ABSPATH' ) || exit;

/** The publisher's public keys; the private ones are on no server. */
final class Keys {

	/**
	 * Ed25519 in base64: the key that signs, and one that waits in a safe place to follow it. As long
	 * as there is none, nothing is ever installed. `igny8 new-release-key` makes them.
	 */
	const PUBLISHER = array();
}
