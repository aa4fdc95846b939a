"""Texts that people and programs wrote: what WordPress brings with it, our own, and what real
websites exported, where somebody has put that."""

from __future__ import annotations

import json
import os
from pathlib import Path

from lxml import etree

from tests.support.wordpress import WordPress
from webapp.demo import pieces

# Exports and answers of real websites, where somebody has put them: they are not ours to copy.
_BESIDE = [parent / "shared" / "data" for parent in Path(__file__).resolve().parents]
DATA = Path(os.environ.get("IGNY8_REAL_TEXTS") or next(filter(Path.is_dir, _BESIDE), _BESIDE[0]))
_ALL_BLOCKS = r"""
$found = array();
foreach ( WP_Block_Patterns_Registry::get_instance()->get_all_registered() as $pattern ) {
    $found[] = $pattern['content'];
}
foreach ( array( 'wp_template', 'wp_template_part' ) as $type ) {
    foreach ( get_block_templates( array(), $type ) as $template ) {
        $found[] = $template->content;
    }
}
foreach ( array_slice( $found, 0, 120 ) as $text ) {
    $found[] = do_blocks( $text );
}
$all = array( 'post_type' => 'any', 'post_status' => 'any', 'numberposts' => -1 );
foreach ( get_posts( $all ) as $post ) {
    $found[] = $post->post_content;
}
echo wp_json_encode( $found );
"""


def texts(wp: WordPress) -> list[str]:
    """Each once, and none empty."""
    found = [*json.loads(wp.php(_ALL_BLOCKS)), *_demo(), *_exported(), *_answered()]
    return [text for text in dict.fromkeys(found) if text.strip()]


def _demo() -> list[str]:
    return [
        pieces.html(magazine, topic, number, "")
        for magazine in (pieces.COFFEE, pieces.OUTDOOR)
        for number, topic in enumerate(magazine.topics)
    ]


def _exported() -> list[str]:
    tag = "{http://purl.org/rss/1.0/modules/content/}encoded"
    return [
        node.text or ""
        for path in sorted((DATA / "wxr").glob("*.xml"))
        for node in etree.parse(path, etree.XMLParser(huge_tree=True)).iter(tag)
    ]


def _answered() -> list[str]:
    found = []
    for path in sorted((DATA / "wp-rest").glob("*.json")):
        data = json.loads(path.read_text())
        for one in data if isinstance(data, list) else [data]:
            for field in ("content", "excerpt"):
                found.append((one.get(field) or {}).get("rendered", ""))
    return found
