"""The files of docs/deploy that no other test starts: units of systemd, and the file of Compose."""

from __future__ import annotations

import ipaddress
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.conftest import KEY, missing
from tests.support import composed
from tests.support.fronts import DEPLOY, NAME
from webapp import config as configuration
from webapp.commands import misspelt

GIVEN = {"DESK_NAME": NAME, "POSTGRES_PASSWORD": "a-password", "IGNY8_SECRET_KEYS": KEY}
UNITS = ("igny8.target", "igny8-web@.service", "igny8-worker@.service")


def verified(directory: Path) -> tuple[int, str]:
    names = [one.replace("@.", "@8000.") for one in UNITS]
    done = subprocess.run(
        ["systemd-analyze", "--man=no", "verify", *(str(directory / name) for name in names)],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr.strip()


def laid(directory: Path) -> None:
    """The units, with a program that is on this machine."""
    for name in UNITS:
        text = (DEPLOY / name).read_text()
        (directory / name).write_text(text.replace("/opt/igny8/bin/igny8", "/bin/true"))


def test_units_are_what_systemd_takes(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze: install the package systemd")
    laid(tmp_path)
    assert verified(tmp_path) == (0, "")
    worker = tmp_path / UNITS[2]
    worker.write_text(worker.read_text().replace("ProtectHome=yes", "ProtectHouse=yes"))
    assert "ProtectHouse" in verified(tmp_path)[1], "it says nothing of what is wrong"


@pytest.mark.parametrize("unit", UNITS[1:])
def test_units_start_what_there_is(unit: str) -> None:
    lines = [line.partition("=") for line in (DEPLOY / unit).read_text().splitlines()]
    told = {name: value for name, _, value in lines}
    assert told["ExecStart"].split()[1] in ("web", "worker")
    env = dict(part.split("=") for part in told["Environment"].replace("%i", "8001").split())
    assert misspelt.unknown(env) == []
    assert configuration.load({**env, "IGNY8_SECRET_KEYS": KEY}).log == "json"


def test_the_settings_of_compose_are_those_that_it_asks_for() -> None:
    lines = (DEPLOY / "settings.example").read_text().splitlines()
    offered = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    assert offered == composed.asked() == set(GIVEN)


def test_compose_starts_what_there_is() -> None:
    found = composed.processes(GIVEN)
    assert [kind for kind, _ in found] == ["web", "web", "worker", "worker", "worker"]
    for _, env in found:
        assert misspelt.unknown(env) == []
        config = configuration.load(env)
        assert config.public_url == f"https://{NAME}"
        assert not config.is_sqlite


def test_any_setting_beside_compose_reaches_every_process() -> None:
    more = {"IGNY8_METRICS_TOKEN": "a-token-for-figures-only", "IGNY8_PUBLIC_URL": "http://other"}
    for _, env in composed.processes({**GIVEN, **more}):
        config = configuration.load(env)
        assert config.metrics_token == more["IGNY8_METRICS_TOKEN"]
        assert config.public_url == f"https://{NAME}", "what the file itself says goes first"


def test_compose_names_what_it_has() -> None:
    services = composed.services(GIVEN)
    webs = {name for name, one in services.items() if one.get("command") == ["web"]}
    called = services["caddy"]["environment"]["DESK_WEBS"].split()
    assert {one.partition(":")[0] for one in called} == webs
    env = services["web-1"]["environment"]
    assert set(env["IGNY8_HOSTS"].split(",")) == webs
    networks = yaml.safe_load(composed.FILE.read_text())["networks"]["default"]["ipam"]["config"]
    assert [ipaddress.ip_network(one["subnet"]) for one in networks] == [
        ipaddress.ip_network(env["IGNY8_TRUSTED_PROXIES"])
    ]
    build = services["worker"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()
    assert (DEPLOY / services["caddy"]["volumes"][0].partition(":")[0]).is_file()


def test_the_image_has_each_folder_of_its_volumes_for_its_user() -> None:
    """A new volume on a folder that the image does not have is root's: nothing can be written."""
    made = (DEPLOY / "Dockerfile").read_text()
    ours = [one for one in composed.services(GIVEN).values() if one["image"] == "igny8"]
    volumes = [volume for one in ours for volume in one.get("volumes", [])]
    assert volumes
    for volume in volumes:
        folder = volume.partition(":")[2]
        assert re.search(rf"^RUN install -d -o igny8 .*{re.escape(folder)}$", made, re.M), folder
