"""docs/deploy/Dockerfile, step by step on this machine, below a folder of the tests: what an image
has and starts, where no container engine is. Steps that would change the machine are left out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from webapp.config import root

DOCKERFILE = root() / "docs" / "deploy" / "Dockerfile"
# Where the file's own folders lie; they are below the tests' folder instead.
_PLACES = re.compile(r"(?<![\w./])/(source|made|var/lib/igny8)\b")
_OF_THE_MACHINE = ("apt-get ", "useradd ", "install -d -o ")


@dataclass
class Image:
    """What came of the steps. `env` is what its processes are started with."""

    place: Path
    env: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    entry: list[str] = field(default_factory=list)
    others: dict[str, str] = field(default_factory=dict)
    _cwd: Path = Path("/")

    @property
    def programs(self) -> Path:
        return self.place / "python" / "bin"

    def within(self, path: str) -> str:
        """Where what the file names lies."""
        return _PLACES.sub(lambda found: str(self.place / found[1]), path)

    def do(self, name: str, said: str) -> None:
        """One instruction."""
        act = getattr(self, f"_{name.lower()}", None)
        if act is None:
            self.others[name] = said
        else:
            act(said)

    def _workdir(self, said: str) -> None:
        self._cwd = Path(self.within(said))
        self._cwd.mkdir(parents=True, exist_ok=True)

    def _env(self, said: str) -> None:
        name, _, value = said.partition("=")
        self.env[name] = self.within(value)

    def _copy(self, said: str) -> None:
        *names, target = [one for one in said.split() if not one.startswith("--")]
        if "--from=" in said:
            return  # both stages have one folder here
        for name in names:
            place = self._cwd / self.within(target)
            if (root() / name).is_dir():
                shutil.copytree(root() / name, place)
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(root() / name, place / name)

    def _run(self, said: str) -> None:
        if said.startswith(_OF_THE_MACHINE):
            self.left_out.append(said)
            return
        env = {**os.environ, "PATH": f"{self.programs}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["sh", "-ec", self.within(said)],
            cwd=self._cwd,
            env={**env, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{said}\n{done.stdout}\n{done.stderr}"

    def _cmd(self, said: str) -> None:
        self.command = json.loads(said)

    def _entrypoint(self, said: str) -> None:
        self.entry = json.loads(said)


def build(place: Path) -> Image:
    """All steps. Packages that the tests have count as installed; the versions are the same."""
    image = Image(place)
    made = [sys.executable, "-m", "venv", "--without-pip", str(place / "python")]
    subprocess.run(made, check=True, timeout=60)
    [packages] = (place / "python" / "lib").glob("python*/site-packages")
    (packages / "as-the-tests.pth").write_text(sysconfig.get_path("purelib") + "\n")
    for line in DOCKERFILE.read_text().replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, said = line.partition(" ")
            image.do(name, said.strip())
    return image


def command(image: Image, *given: str) -> list[str]:
    """What a container of this image runs, with the command's words or those it has by itself."""
    program, *first = image.entry
    return [str(image.programs / program), *first, *(given or image.command)]
