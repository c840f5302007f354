"""A checkout in miniature: the real wrapper, a lock of one tiny package built here, no network; it knows no task."""

import hashlib
import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BASE_PYTHON = Path(sys.executable).resolve()

Wait = Callable[[Callable[[], object]], None]

# Stands in for the real one: tells what reached it.
TASKS = """
import importlib.metadata, json, os, sys
print(json.dumps({"argv": sys.argv[1:], "cwd": os.getcwd(), "prefix": sys.prefix,
                  "tiny": importlib.metadata.version("tiny")}))
"""


@dataclass
class Answer:
    """What one call of the wrapper left behind."""

    code: int
    out: str
    err: str

    @property
    def heard(self) -> dict[str, object]:
        """What tasks.py was told."""
        heard: dict[str, object] = json.loads(self.out)
        return heard


@dataclass
class Checkout:
    """A folder with the wrapper, its locks, and a machine (PATH, wheels) of its own."""

    root: Path
    machine: Path
    extra: dict[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """No network: an index is forbidden to pip and uv, and wheels come from one folder."""
        wheels = str(self.machine / "wheels")
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": wheels, "PIP_CONFIG_FILE": os.devnull}
        uv = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": wheels, "UV_OFFLINE": "1", "UV_CACHE_DIR": str(self.machine / "uv")}
        return pip | uv | {"PATH": str(self.machine / "bin"), "HOME": str(self.machine)} | self.extra

    def tool(self, name: str, script: str) -> None:
        """Puts a shell script on the machine's PATH."""
        file = self.machine / "bin" / name
        file.unlink(missing_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)

    def link(self, name: str, target: Path) -> None:
        """Puts an existing program on the machine's PATH."""
        link = self.machine / "bin" / name
        link.unlink(missing_ok=True)
        link.symlink_to(target)

    def lock(self, version: str, name: str = "requirements.txt", package: Path | None = None) -> Path:
        """Locks `tiny` at this version, with the hash of this package or of the wheel on the machine."""
        digest = hashlib.sha256((package or self.wheel(version)).read_bytes()).hexdigest()
        file = self.root / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"tiny=={version} --hash=sha256:{digest}\n")
        return file

    def wheel(self, version: str) -> Path:
        """A package of one module and one command, `tiny`, that prints its version."""
        file = self.machine / "wheels" / f"tiny-{version}-py3-none-any.whl"
        info = f"tiny-{version}.dist-info"
        members = {
            "tiny.py": f"def main():\n    print({version!r})\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            f"{info}/entry_points.txt": "[console_scripts]\ntiny = tiny:main\n",
        }
        record = "".join(f"{name},,\n" for name in [*members, f"{info}/RECORD"])
        with zipfile.ZipFile(file, "w") as archive:
            for name, text in (members | {f"{info}/RECORD": record}).items():
                archive.writestr(zipfile.ZipInfo(name), text)
        return file

    def source(self, version: str, mark: Path) -> Path:
        """The same package as a source, whose build leaves a mark: it would run code that no hash vouches for."""
        folder = self.machine / f"tiny-{version}"
        folder.mkdir()
        (folder / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        (folder / "pyproject.toml").write_text(
            '[build-system]\nrequires = []\nbuild-backend = "build"\nbackend-path = ["."]\n'
        )
        (folder / "build.py").write_text(f"open({str(mark)!r}, 'w')\n")
        file = self.machine / "wheels" / f"{folder.name}.tar.gz"
        with tarfile.open(file, "w:gz") as archive:
            archive.add(folder, folder.name)
        return file

    def start(self, *arguments: str, cwd: Path | None = None, via: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        """Starts the wrapper in a process group of its own, `via` another shell or path if given."""
        return subprocess.Popen(
            [*(via or (str(self.root / "inv"),)), *arguments],
            cwd=cwd or self.root,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, cwd: Path | None = None, via: tuple[str, ...] = ()) -> Answer:
        """Runs the wrapper to its end, at most a minute."""
        process = self.start(*arguments, cwd=cwd, via=via)
        try:
            out, err = process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return Answer(process.returncode, out, err)
