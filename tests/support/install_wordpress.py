#!/usr/bin/env python3
"""Get what the WordPress tests need on Debian or Ubuntu, once per machine, as root.

    install_wordpress.py [--no-packages] [VERSION …]      (default: 6.8 6.1)

PHP and MariaDB are installed as packages. WordPress is only unpacked, out of the package of the
Debian release that carries it, into the tests' cache: nothing is configured, no web server comes
along. The package source is the machine's own, with another release's name; apt gets it through
an anonymous file, so its configuration does not change.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.support import wordpress_golden as golden

PACKAGES = [
    "php-cli",
    "php-mysql",
    "php-curl",
    "php-gd",
    "php-mbstring",
    "php-xml",
    "php-zip",
    "php-intl",
    "mariadb-server",
    "unzip",
    "ca-certificates",
]
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


def debian_source() -> tuple[str, str]:
    """Address and keyring of the Debian archive that this machine uses."""
    sources = Path("/etc/apt")
    for path in sorted((sources / "sources.list.d").glob("*.sources")):
        text = path.read_text()
        address = re.search(r"^URIs:\s*(\S+/debian)/?\s*$", text, re.M)
        if address:
            key = re.search(r"^Signed-By:\s*(/\S+)", text, re.M)
            return address.group(1), key.group(1) if key else KEYRING
    lists = [sources / "sources.list", *sorted((sources / "sources.list.d").glob("*.list"))]
    for path in filter(Path.exists, lists):
        address = re.search(r"^deb\s+(?:\[[^]]*\]\s+)?(\S+/debian)/?\s", path.read_text(), re.M)
        if address:
            return address.group(1), KEYRING
    raise SystemExit("This machine has no Debian package source; WordPress cannot be fetched.")


def apt_options(suite: str, state: Path) -> list[str]:
    """Options that make apt look at one other release only, with its state in `state`."""
    address, key = debian_source()
    descriptor = os.memfd_create("suite.list", 0)
    os.write(descriptor, f"deb [signed-by={key}] {address} {suite} main\n".encode())
    (state / "lists" / "partial").mkdir(parents=True)
    (state / "cache" / "archives" / "partial").mkdir(parents=True)
    options = [
        f"Dir::Etc::sourcelist=/proc/{os.getpid()}/fd/{descriptor}",
        "Dir::Etc::sourceparts=/dev/null",
        f"Dir::State::lists={state}/lists",
        f"Dir::Cache={state}/cache",
        "APT::Sandbox::User=root",
    ]
    return [part for option in options for part in ("-o", option)]


def unpack(suite: str, target: Path) -> None:
    """Unpack that release's WordPress, with the libraries and a theme it is packaged without."""
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        options = apt_options(suite, work / "apt")
        subprocess.run(["apt-get", *options, "-qq", "update"], check=True)
        listing = subprocess.run(
            ["apt-cache", *options, "depends", "wordpress"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        names = set(re.findall(r"Depends:\s+((?:libjs-|libphp-|php-getid3)\S*)", listing))
        names |= set(re.findall(r"(wordpress-theme-\S+)", listing))
        packages = work / "packages"
        packages.mkdir()
        command = ["apt-get", *options, "-qq", "download", "wordpress", *sorted(names)]
        subprocess.run(command, cwd=packages, check=True)
        for package in packages.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", str(package), str(work / "root")], check=True)
        source = work / "root" / "usr" / "share" / "wordpress"
        for name in (".htaccess", "wp-config.php"):
            (source / name).unlink(missing_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        # The package links to the libraries' files; the tree must stand alone.
        subprocess.run(["cp", "-rL", str(source), str(target)], check=True)


def main() -> None:
    """Install what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("versions", nargs="*", metavar="VERSION", default=list(golden.SUITES))
    parser.add_argument("--no-packages", action="store_true")
    arguments = parser.parse_args()
    if not arguments.no_packages:
        env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        wait = ["-o", "DPkg::Lock::Timeout=300"]
        subprocess.run(["apt-get", "-qq", "update"], check=True, env=env)
        install = ["apt-get", *wait, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        subprocess.run(install, check=True, env=env)
    for version in arguments.versions:
        target = golden.CACHE / "dist" / golden.SUITES[version]
        if not (target / "wp-includes" / "version.php").exists():
            unpack(golden.SUITES[version], target)
        print(f"WordPress {golden.full_version(target)} in {target}")


if __name__ == "__main__":
    main()
