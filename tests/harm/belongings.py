"""What a person has on the site, and whether it is all still there."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from tests.support.wordpress import WordPress

PLANT = Path(__file__).with_name("belongings.php").read_text().removeprefix("<?php\n")

# Table → the columns that name a row.
TABLES = {
    "posts": ("ID",),
    "postmeta": ("meta_id",),
    "terms": ("term_id",),
    "termmeta": ("meta_id",),
    "term_taxonomy": ("term_taxonomy_id",),
    "term_relationships": ("object_id", "term_taxonomy_id"),
    "users": ("ID",),
    "usermeta": ("umeta_id",),
    "comments": ("comment_ID",),
    "options": ("option_id",),
}
# Options in which WordPress notes what it did itself; the counters of ours.
RESTLESS = ("cron", "rewrite_rules", "category_children")
NAMES_OF_OURS = ("igny8_", "_transient", "_site_transient")

Rows = dict[tuple[str, ...], dict[str, str | None]]


class Belongings:
    """Every row and file at one moment, all of them somebody's."""

    def __init__(self, wp: WordPress) -> None:
        self.wp = wp
        self.rows = _rows(wp)
        self.files = _files(wp)

    def harm(self) -> dict[str, Any]:
        """What is gone or has changed since; empty when nothing is."""
        harm: dict[str, Any] = {}
        now = _rows(self.wp)
        for table, rows in self.rows.items():
            for key, row in rows.items():
                if now[table].get(key) != row:
                    harm[f"{table} {' '.join(key)}"] = (row, now[table].get(key))
        files = _files(self.wp)
        for path, digest in self.files.items():
            if files.get(path) != digest:
                harm[path] = files.get(path)
        return harm

    def added(self) -> dict[str, Any]:
        """What was not there before."""
        added: dict[str, Any] = {}
        for table, rows in _rows(self.wp).items():
            for key, row in rows.items():
                if key not in self.rows[table]:
                    added[f"{table} {' '.join(key)}"] = row
        return added | {path: "" for path in _files(self.wp) if path not in self.files}


def plant(wp: WordPress) -> None:
    """A person's own media, named like ours, in all ten places."""
    wp.php(PLANT)


def _rows(wp: WordPress) -> dict[str, Rows]:
    found = wp.tables([f"wp_{table}" for table in TABLES])
    return {
        table: {
            tuple(str(row[key]) for key in keys): row
            for row in found[f"wp_{table}"]
            if table != "options" or not _is_restless(str(row["option_name"]))
        }
        for table, keys in TABLES.items()
    }


def _is_restless(option: str) -> bool:
    return option in RESTLESS or option.startswith(NAMES_OF_OURS)


def _files(wp: WordPress) -> dict[str, str]:
    top = wp.home / "wp-content" / "uploads"
    return {
        path: hashlib.sha256((top / path).read_bytes()).hexdigest() for path in sorted(wp.files())
    }
