"""Slugs as programs send and get them."""

from __future__ import annotations

from tests.api.conftest import Api
from tests.support.desk import Desk
from webapp.accounts.models import Site

PATH = "/api/v1/writer/content/"


def test_slugs_of_every_script(api: Api, desk: Desk) -> None:
    made = api.post(PATH, json={"title": "हिन्दी में लिखना सीखें", "site_id": desk.site.id}).json()
    assert made["data"]["slug"] == "हिन्दी-में-लिखना-सीखें"
    path = f"{PATH}{made['data']['id']}/"
    for typed in ("한국어-가이드", "новый-край", "ガイドブック-パリの朝"):
        assert api.patch(path, json={"slug": typed}).json()["data"]["slug"] == typed
    refused = api.patch(path, json={"slug": "Новый край!"})
    assert refused.status_code == 422
    assert "“\u2068новый-край\u2069”" in refused.json()["error"]["fields"]["slug"]


def test_accents_come_off_by_the_language_of_the_site(api: Api, desk: Desk) -> None:
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).language = "de-DE"
    made = api.post(PATH, json={"title": "Größe & Übermut", "site_id": desk.site.id}).json()
    assert made["data"]["slug"] == "groesse-uebermut"
