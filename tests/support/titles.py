"""Titles in twenty scripts, made of words of each and of what editors put between them."""

from __future__ import annotations

import random
import unicodedata

WORDS = {
    "Latin": "Der schöne Weg straße Ærø smørrebrød Łódź żółć İstanbul ığdır Þór cœur Ångström",
    "Vietnamese": "Hướng dẫn tiếng Việt Đà Nẵng phở bò giữa những người ốc ỳ Ưu",
    "Cyrillic": "Новый край йод ёлка Київ їжак Србија љубав Ђорђе щука ЪЫЬ",
    "Greek": "Οδηγός για την Αθήνα ψάρι ΐ ήλιος ώρα ὀρθός λόγος",
    "Armenian": "Երևան քաղաքի ուղեցույց և հաց Գինի",
    "Georgian": "თბილისი მეგზური ღვინო და პური ქართული ᲗᲑᲘᲚᲘᲡᲘ",
    "Hebrew": "מדריך לירושלים שָׁלוֹם עוֹלָם בית־ספר צה״ל",
    "Arabic": "دليل القاهرة مَدْرَسَة العربيّة أهلًا ١٢٣ لأن",
    "Persian": "راهنمای تهران می‌خواهم کتاب‌ها ۱۴۰۲ چای گل",
    "Devanagari": "हिन्दी में लिखना सीखें क़लम ज़्यादा श्री १२३ कर्म",
    "Bengali": "বাংলা ভাষায় লেখা শিখুন ঢাকা কড়ি য় ৎ ১২",
    "Gurmukhi": "ਪੰਜਾਬੀ ਵਿੱਚ ਲਿਖਣਾ ਸ਼ਹਿਰ ਖ਼ਬਰ ਫ਼ਲ",
    "Gujarati": "ગુજરાતી ભાષામાં લખો અમદાવાદ શહેર ૧૨",
    "Tamil": "தமிழில் எழுத கற்க சென்னை கௌரி ஸ்ரீ",
    "Telugu": "తెలుగులో వ్రాయడం హైదరాబాద్ క్షేత్రం శ్రీ",
    "Thai": "คู่มือ กรุงเทพฯ น้ำ ผู้ใหญ่ เที่ยว ๑๒๓ เก่ง",
    "Khmer": "មគ្គុទ្ទេសក៍ ភ្នំពេញ ខ្មែរ ទឹក",
    "Ethiopic": "የአዲስ አበባ መመሪያ ቡና እና ፡፡",
    "Japanese": "ガイドブック パリの朝 がぎぐげご プログラミング 東京　案内 「引用」 ﾊﾝｶｸ 〜ー・",
    "Korean": "한국어 가이드 서울 여행 값 닭 쓰기",
    "Chinese": "北京 指南 上海的早晨 繁體中文 𠮷野家 ，。！ 第１章",
}
BETWEEN = (
    " ",
    " ",
    " ",
    " ",
    " ",
    ": ",
    ", ",
    " – ",
    " — ",
    " & ",
    "/",
    " / ",
    ".",
    "... ",
    "… ",
    "_",
    "-",
    " -- ",
    "’",
    "'",
    " “",
    "” ",
    "«",
    "» ",
    " 4×4 ",
    "% ",
    " 100 % ",
    " + ",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\u2009",
    "\u202f",
    "? ",
    "! ",
    " 😀 ",
    " 👩‍🍳 ",
    " #",
    " ½ ",
    "€",
    "£",
    "™ ",
    "©",
    " &amp; ",
    " R&D; ",
    "&nbsp;",
    " <b>",
    "</b> ",
    " < ",
    " <3 > ",
    "\t",
    " (",
    ") ",
    "·",
    "\\",
    "@",
    "~",
)


def titles(script: str, number: int) -> list[str]:
    """So many titles of a script, always the same ones; some decomposed, some far too long."""
    chance = random.Random(script)
    words = WORDS[script].split(" ")
    return [_title(chance, words) for _ in range(number)]


def _title(chance: random.Random, words: list[str]) -> str:
    length = chance.choice((1, 2, 3, 3, 4, 5, 6, 8, 12, 60))
    title = ""
    for _ in range(length):
        word = chance.choice(words)
        title += chance.choice((word, word, word, word.upper(), word.lower(), word.title()))
        title += chance.choice(BETWEEN)
    if chance.random() < 0.2:
        title = unicodedata.normalize("NFD", title)
    return title if chance.random() < 0.5 else title.rstrip()
