"""Unpacked WordPress trees, and an installed, empty database for each of them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.support.mariadb import MariaDB

TEMPLATES = Path(__file__).parent / "wordpress_site"
CACHE = Path(os.environ.get("IGNY8_TEST_CACHE") or Path.home() / ".cache" / "igny8") / "wordpress"
RUN = CACHE / "run"
SUITES = {"6.8": "trixie", "6.1": "bookworm"}


class WordPressMissing(RuntimeError):
    """This WordPress, PHP or MariaDB is not on this machine."""


def tree(version: str) -> Path:
    """The unpacked WordPress of that version; raises WordPressMissing, saying how to get it."""
    for program in ("php", "mariadbd", "mariadb-install-db"):
        if not shutil.which(program):
            raise WordPressMissing(f"{program}: run tests/support/install_wordpress.py as root")
    if version == "newest":
        path = Path(os.environ.get("WORDPRESS_DIST", "/nowhere"))
    else:
        path = CACHE / "dist" / SUITES[version]
    if not (path / "wp-includes" / "version.php").exists():
        raise WordPressMissing(f"WordPress {version}: run tests/support/install_wordpress.py")
    return path


def full_version(tree_path: Path) -> str:
    """The version that the tree itself names."""
    text = (tree_path / "wp-includes" / "version.php").read_text()
    match = re.search(r"\$wp_version = '([^']+)'", text)
    if not match:
        raise WordPressMissing(f"{tree_path} is not a WordPress")
    return match.group(1)


def php_options(root: Path, *, is_exchanged: bool = False) -> list[str]:
    """Settings for every PHP of a site; what one has compiled, the next one finds in a file.

    `is_exchanged`: folders take each other's places there. PHP would go on for two minutes to where
    a name led before.
    """
    compiled = root / "compiled"
    compiled.mkdir(exist_ok=True)
    settings = {
        "memory_limit": "512M",
        "sendmail_path": "/bin/true",
        "upload_max_filesize": "16M",
        "post_max_size": "16M",
        "max_execution_time": "120",
        "error_log": f"{root}/php.log",
        "opcache.enable_cli": "1",
        "opcache.file_cache": str(compiled),
        "opcache.revalidate_freq": "0",
        "opcache.memory_consumption": "128",
        "opcache.max_accelerated_files": "20000",
        "realpath_cache_size": "0" if is_exchanged else "4M",
    }
    return [part for name, value in settings.items() for part in ("-d", f"{name}={value}")]


def run_php(home: Path, root: Path, code: str, *, installing: bool = False) -> str:
    """Output of code inside the WordPress at `home`; raises RuntimeError when PHP fails."""
    with tempfile.NamedTemporaryFile("w", suffix=".php", dir=root) as script:
        script.write(f"<?php\n{code}\n")
        script.flush()
        flags = ["--install"] if installing else []
        # A short process gains nothing from memory that it would have to set up first.
        options = [*php_options(root), "-d", "opcache.file_cache_only=1"]
        done = subprocess.run(
            ["php", *options, str(home / "cli.php"), *flags, script.name],
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"PHP ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def lay_out(tree_path: Path, root: Path, url: str) -> None:
    """A site's files: WordPress as hard links (it never edits its own files in place)."""
    home = root / "wp"
    shutil.copytree(tree_path, home, copy_function=os.link)
    for name in ("uploads", "mu-plugins", "upgrade", "plugins"):
        (home / "wp-content" / name).mkdir(parents=True, exist_ok=True)
    config = (TEMPLATES / "wp-config.php").read_text()
    for name, value in {"SOCKET": root / "db" / "s.sock", "URL": url, "ROOT": root}.items():
        config = config.replace(f"@{name}@", str(value))
    (home / "wp-config.php").write_text(config)
    shutil.copy(TEMPLATES / "cli.php", home / "cli.php")
    shutil.copy(TEMPLATES / "router.php", root / "router.php")


def golden_database(tree_path: Path) -> Path:
    """The data directory of an installed, empty site; made on first use, once at a time."""
    recipe = "".join((TEMPLATES / name).read_text() for name in ("wp-config.php", "install.php"))
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    target = CACHE / "golden-databases" / f"{full_version(tree_path)}-{digest}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _install(tree_path, target)
    return target


def _install(tree_path: Path, target: Path) -> None:
    RUN.mkdir(parents=True, exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix="golden-", dir=RUN))
    database = MariaDB(root / "db")
    try:
        lay_out(tree_path, root, "http://127.0.0.1")
        database.create()
        database.start()
        create = "create database wordpress character set utf8mb4"
        command = ["mariadb", "--no-defaults", f"--socket={database.socket}", "-uroot"]
        subprocess.run([*command, "-e", create], check=True)
        run_php(root / "wp", root, (TEMPLATES / "install.php").read_text()[5:], installing=True)
        database.shut_down()
        shutil.copytree(root / "db" / "data", f"{target}.new/data")
        os.rename(f"{target}.new", target)
    finally:
        database.kill()
        shutil.rmtree(root, ignore_errors=True)
