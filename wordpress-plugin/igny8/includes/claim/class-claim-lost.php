<?php
/**
 * A signal inside the plugin.
 *
 * @package Igny8
 */

namespace Igny8\Claim;

defined( 'ABSPATH' ) || exit;

/** This request took too long and another one has taken its place. */
final class Claim_Lost extends \RuntimeException {
}
