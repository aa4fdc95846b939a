"""A wheel has within the package what lies beside it in a checkout. All else: pyproject.toml."""

from __future__ import annotations

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

BESIDE = ("migrations", "static", "templates", "wordpress-plugin")


class WithFiles(build_py):
    """Copies the folders to webapp/files, where config.root() finds them."""

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        for name in BESIDE:
            target = Path(self.build_lib) / "webapp" / "files" / name
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(name, target, ignore=shutil.ignore_patterns("__pycache__"))


setup(cmdclass={"build_py": WithFiles})
