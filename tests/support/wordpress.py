"""A real, private WordPress on 127.0.0.1, ready in about two seconds.

    with WordPress.start("6.8", plugins=[PLUGIN]) as site:
        httpx.get(site.url)
        site.sql("SELECT ID FROM wp_posts")

WordPress itself is unpacked once by `install_wordpress.py`; a finished, empty installation is
kept as a golden copy, so that a start only copies files and starts two servers.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx

from tests.support import wordpress_golden as golden
from tests.support.mariadb import MariaDB
from tests.support.php_server import PhpServer
from tests.support.plain_http import NO_TLS
from tests.support.processes import wait_until
from tests.support.wordpress_console import Console

ADMIN, PASSWORD = "admin", "admin-pass-1"
STAGING = "igny8-staging"


class WordPress:
    """One running site; `stop()` ends its servers and removes its files."""

    def __init__(self, version: str, workers: int, spare: int, path: str, copied: bool) -> None:
        self.version = version
        golden.RUN.mkdir(parents=True, exist_ok=True)
        self.root = Path(tempfile.mkdtemp(prefix="wp-", dir=golden.RUN))
        self.home = self.root / "wp"
        self._php = PhpServer(
            self.root, self.root / "router.php", workers, spare, {"WP_PREFIX": path}, copied
        )
        self._path = path
        self.url = f"http://127.0.0.1:{self._php.port}{path}"
        self._db = MariaDB(self.root / "db")
        self._console = Console(self.home, self.root, is_exchanged=copied)

    @classmethod
    def start(
        cls,
        version: str = "6.8",
        plugins: Sequence[Path] = (),
        timezone: str = "",
        workers: int = 4,
        spare: int = 0,
        mu_plugins: Sequence[Path] = (),
        path: str = "",
        copied: bool = False,
    ) -> Self:
        """Start a fresh site.

        `version`: "6.8", "6.1" or "newest" (the tree that WORDPRESS_DIST names). `plugins`:
        directories, linked and activated. `timezone`: a tz name. `workers`: how many requests are
        answered side by side; `spare`: how many may be killed before all are started again.
        `mu_plugins`: PHP files, copied. `path`: the directory in which it
        stands, "/blog". `copied`: plugins are copied, for their folders may be exchanged. Raises
        WordPressMissing when that version is not installed.
        """
        site = cls(version, workers, spare, path, copied)
        try:
            site._lay_out(mu_plugins)
            site._db.start()
            site._activate(plugins, timezone, copied)
            site.start_php()
        except BaseException:
            site.stop()
            raise
        return site

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the servers and remove everything."""
        self.stop_php()
        self._console.stop()
        self._db.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    # Servers

    def start_php(self) -> None:
        """Start PHP's own web server with this site's number of workers."""
        self._php.start(self._root())
        wait_until(lambda: self._serves("/?rest_route=/"), "WordPress")

    def _root(self) -> Path:
        """What the web server serves: WordPress, or the directory in which it stands."""
        if not self._path:
            return self.home
        place = self.root / "site" / self._path.strip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.is_symlink():
            place.symlink_to(self.home)
        return self.root / "site"

    def stop_php(self) -> None:
        """End the web server, whatever it is doing."""
        self._php.stop()

    def restart_php(self) -> None:
        """Another web server, which remembers nothing."""
        self.stop_php()
        self.start_php()

    @contextmanager
    def down(self) -> Iterator[None]:
        """Nothing answers at the site's address meanwhile."""
        self.stop_php()
        try:
            yield
        finally:
            self.start_php()

    def after_a_death(self) -> None:
        """A test has killed a process of PHP: wait until it is gone; the site answers again."""
        self._php.bury()
        self.revive()

    def revive(self) -> None:
        """Start again what an earlier test has ended or weakened; costs next to nothing."""
        if not self._db.answers():
            self.stop_php()
            self._db.kill()
            self._db.start()
        if not (self._php.is_strong() and self._serves("/wp-includes/version.php")):
            self.restart_php()

    # Looking

    def sql(self, query: str) -> list[dict[str, str | None]]:
        """Rows of one statement; every value is text or None."""
        return self._db.query(query)

    def tables(self, names: Sequence[str]) -> dict[str, list[dict[str, str | None]]]:
        """All rows of several tables."""
        rows = self._db.query_each([f"SELECT * FROM `{name}`" for name in names])
        return dict(zip(names, rows, strict=True))

    def value(self, query: str) -> str | None:
        """First column of the first row, or None."""
        rows = self.sql(query)
        return next(iter(rows[0].values())) if rows else None

    def php(self, code: str) -> str:
        """Output of PHP code that runs inside this WordPress, without `<?php`."""
        return self._console.run(code)

    def get_option(self, name: str) -> Any:
        """A WordPress option; None when it does not exist."""
        return json.loads(self.php(f"echo json_encode(get_option({json.dumps(name)}, null));"))

    def set_option(self, name: str, value: Any) -> None:
        """Change a WordPress option."""
        text = json.dumps(json.dumps(value)).replace("$", "\\$")
        self.php(f"update_option({json.dumps(name)}, json_decode({text}, true));")

    def files(self) -> set[str]:
        """Paths below uploads/, without the plugin's staging directory."""
        return {path for path in self._uploads() if not path.startswith(STAGING)}

    def staged(self) -> set[str]:
        """Names of staged images."""
        return {path for path in self._uploads() if path.startswith(STAGING) and ".bin" in path}

    def debug_log(self) -> str:
        """What PHP and WordPress complained about."""
        log = self.root / "debug.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def counts(self) -> dict[str, int]:
        """How much there is of everything a publication may leave behind."""
        tables = {
            "posts": "SELECT COUNT(*) FROM wp_posts WHERE post_type <> 'attachment'",
            "attachments": "SELECT COUNT(*) FROM wp_posts WHERE post_type = 'attachment'",
            "postmeta": "SELECT COUNT(*) FROM wp_postmeta",
            "terms": "SELECT COUNT(*) FROM wp_terms",
            "term_taxonomy": "SELECT COUNT(*) FROM wp_term_taxonomy",
            "termmeta": "SELECT COUNT(*) FROM wp_termmeta",
            "term_relationships": "SELECT COUNT(*) FROM wp_term_relationships",
        }
        if self.sql("SHOW TABLES LIKE 'wp\\_aioseo\\_posts'"):
            tables["aioseo_posts"] = "SELECT COUNT(*) FROM wp_aioseo_posts"
        columns = ", ".join(f"({query}) AS {name}" for name, query in tables.items())
        row = self.sql(f"SELECT {columns}")[0]
        return {name: int(value or 0) for name, value in row.items()} | {"files": len(self.files())}

    # Acting

    @contextmanager
    def mu_plugin(self, code: str) -> Iterator[None]:
        """Run with one more must-use plugin: the way in which tests provoke failures."""
        path = self.home / "wp-content" / "mu-plugins" / f"test-{os.urandom(4).hex()}.php"
        path.write_text(f"<?php\n{code}\n")
        try:
            yield
        finally:
            path.unlink()

    def run_cron(self) -> None:
        """Run the WP-Cron events that are due."""
        httpx.get(f"{self.url}/wp-cron.php?doing_wp_cron", timeout=60)

    def _uploads(self) -> set[str]:
        top = self.home / "wp-content" / "uploads"
        return {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}

    def _lay_out(self, mu_plugins: Sequence[Path]) -> None:
        tree = golden.tree(self.version)
        copy = golden.golden_database(tree)
        golden.lay_out(tree, self.root, self.url)
        shutil.copytree(copy, self.root / "db", dirs_exist_ok=True, symlinks=True)
        for path in mu_plugins:
            shutil.copy(path, self.home / "wp-content" / "mu-plugins")

    def _activate(self, plugins: Sequence[Path], timezone: str, copied: bool) -> None:
        code = ["require_once ABSPATH . 'wp-admin/includes/plugin.php';"]
        for plugin in plugins:
            place = self.home / "wp-content" / "plugins" / plugin.name
            if copied:
                shutil.copytree(plugin, place)
            else:
                place.symlink_to(plugin.resolve())
            main = json.dumps(f"{plugin.name}/{plugin.name}.php")
            code.append(f"$r = activate_plugin({main}); if (is_wp_error($r)) {{ exit(1); }}")
        if timezone:
            code.append(f"update_option('timezone_string', {json.dumps(timezone)});")
        code.append("flush_rewrite_rules();")
        self.php("\n".join(code))

    def _serves(self, path: str) -> bool:
        try:
            return httpx.get(f"{self.url}{path}", timeout=10, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False
