"""Slugs: ours and those of WordPress itself, which is asked."""

from __future__ import annotations

import json
from urllib.parse import unquote, urlsplit

import pytest

from tests.support.titles import WORDS, titles
from tests.support.wordpress import WordPress
from tests.wordpress.desk import Desk
from webapp.core import slugs

EACH = 100
LANGUAGES = ("de_DE", "de_AT", "de_CH_informal", "da_DK", "ca", "sr_RS", "bs_BA", "fr_FR")
# WordPress 6.1 leaves the first two as they are. The others it changes when it sees them again:
# what is sent has to stay what it is, so ours are changed for the second time already.
APART = set("ƏǝƎẞⱭ")


def test_slugs_of_twenty_scripts_are_those_of_wordpress(wp: WordPress) -> None:
    all_titles = [one for script in WORDS for one in titles(script, EACH)]
    assert len(WORDS) >= 20
    assert len(all_titles) >= 2000

    theirs = in_wordpress(wp, {"titles": all_titles})["titles"]

    pairs = zip(all_titles, theirs, strict=True)
    assert [(t, there) for t, there in pairs if there != slugs.of_title(t)] == []


def test_accents_come_off_by_the_sites_language(wp: WordPress) -> None:
    words = "Größe Übermut Ärger Straße Æble Øl Åse æøå col·lecció l·l Đorđe đak Ŀ"
    given = [*words.split(), words, *titles("Latin", 50)]
    wanted = dict.fromkeys(LANGUAGES, given)

    for language, theirs in in_wordpress(wp, wanted).items():
        ours = [slugs.of_title(title, language) for title in wanted[language]]
        as_tag = [slugs.of_title(title, language.replace("_", "-")) for title in wanted[language]]
        assert ours == theirs == as_tag, language


def test_every_letter_is_treated_as_there(wp: WordPress) -> None:
    planes = (
        range(0x20, 0x3400),
        range(0xA000, 0xAC00),
        range(0xF900, 0xFFFE),
        range(0x1F300, 0x1F600),
    )
    letters = [chr(code) for plane in planes for code in plane if chr(code) not in "%<&"]
    letters = [f"a{one}b" for one in letters if one not in APART]
    ours = [slugs.of_title(one) for one in [*letters, *APART]]

    theirs = in_wordpress(wp, {"titles": letters, "slugs": ours})

    assert theirs["slugs"] == ours, "what is sent is not what is kept"
    pairs = zip(letters, theirs["titles"], ours, strict=False)
    assert [(t, there, here) for t, there, here in pairs if there != here] == []


@pytest.mark.parametrize(
    "title",
    [
        "한국어 가이드",
        "ガイドブック: パリの朝",
        "हिन्दी में लिखना सीखें",
        "Новый край: йод и ёлка",
        "가" * 60,
    ],
)
def test_exactly_our_slug_is_published(wp: WordPress, desk: Desk, title: str) -> None:
    slug = slugs.of_title(f"{desk.content_id} {title}")
    made = desk.publish(desk.body(title=title, slug=slug))
    row = wp.sql(f"SELECT post_name FROM wp_posts WHERE ID = {int(made['post_id'])}")[0]
    assert unquote(str(row["post_name"])) == slug
    path = urlsplit(made["post_url"]).path
    assert slug in unquote(path)


def in_wordpress(wp: WordPress, wanted: dict[str, list[str]]) -> dict[str, list[str]]:
    """`sanitize_title` of each title by language, percent-decoded; one run for all of them."""
    given = wp.root / "titles.json"
    given.write_text(json.dumps(wanted))
    said = wp.php(
        f"""
        $all = json_decode(file_get_contents({json.dumps(str(given))}), true);
        foreach ($all as $language => $titles) {{
            $chosen = function () use ($language) {{
                return 'titles' === $language || 'slugs' === $language ? 'en_US' : $language;
            }};
            add_filter('locale', $chosen);
            foreach ($titles as $at => $title) {{
                $all[$language][$at] = rawurldecode(sanitize_title($title));
            }}
            remove_filter('locale', $chosen);
        }}
        echo json_encode($all);
        """
    )
    answered: dict[str, list[str]] = json.loads(said)
    return answered
