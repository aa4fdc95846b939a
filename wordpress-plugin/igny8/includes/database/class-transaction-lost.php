<?php
/**
 * A signal inside the plugin.
 *
 * @package Igny8
 */

namespace Igny8\Database;

defined( 'ABSPATH' ) || exit;

/** The transaction lost against another one and may be tried again. */
final class Transaction_Lost extends \RuntimeException {
}
