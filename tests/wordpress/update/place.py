"""A website with an old plugin, and the app that it is connected with."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.misbehaving import Misbehaving
from tests.support.processes import wait_until
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from tests.wordpress.update.publisher import Publisher, offer, zipped

OLD, NEW = "1.0.0", "1.0.1"
UPDATE = """
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
delete_site_transient('update_plugins');
wp_update_plugins();
BEFORE
$skin = new WP_Ajax_Upgrader_Skin();
$upgrader = new Plugin_Upgrader($skin);
$result = $upgrader->bulk_upgrade(array('igny8/igny8.php'))['igny8/igny8.php'] ?? null;
$seen = get_site_transient('update_plugins');
echo json_encode(array(
    'said' => is_wp_error($result) ? $result->get_error_message() : '',
    'installed' => is_array($result), 'errors' => $skin->get_error_messages(),
));
"""
AT_NIGHT = """
require_once ABSPATH . 'wp-admin/includes/admin.php';
require_once ABSPATH . 'wp-admin/includes/class-wp-upgrader.php';
delete_site_transient('update_plugins');
define('DOING_CRON', true);
(new WP_Automatic_Updater())->run();
"""


@dataclass
class Place:
    """A website with the old version, and the app that it is connected with."""

    site: WordPress
    app: Misbehaving
    publisher: Publisher
    folders: Path

    def release(self, version: str = NEW, code: str = "") -> bytes:
        """A zip of the plugin as that version."""
        place = self.folders / version
        shutil.rmtree(place, ignore_errors=True)
        return zipped(self.publisher.plugin(place, version, code))

    def offer(self, version: str = NEW, code: str = "") -> bytes:
        """The app has that release, signed."""
        data = self.release(version, code)
        offer(self.app, self.publisher.told(data, version), data)
        return data

    def update(self, before: str = "") -> dict[str, Any]:
        """WordPress looks for updates and installs this one."""
        told: dict[str, Any] = json.loads(self.site.php(UPDATE.replace("BEFORE", before)))
        return told

    def version(self) -> str:
        """Of the plugin that answers."""
        with Desk(self.site) as desk:
            return str(desk.health()["versions"]["plugin"])

    def files(self) -> dict[str, bytes]:
        top = self.site.home / "wp-content" / "plugins" / "igny8"
        return {str(p.relative_to(top)): p.read_bytes() for p in top.rglob("*") if p.is_file()}

    def left(self) -> list[Path]:
        """What is left of an update."""
        folder = self.site.home / "wp-content"
        closed = [one for one in [self.site.home / ".maintenance"] if one.exists()]
        return [*closed, *folder.glob("upgrade/*/"), *folder.glob("upgrade-temp-backup/*/*/")]

    def wait_until_tidy(self) -> None:
        """WordPress puts things away after it has answered."""
        try:
            wait_until(lambda: not self.left(), "WordPress to put everything away", 10)
        except TimeoutError as problem:
            raise AssertionError(self.left()) from problem
