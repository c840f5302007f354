"""An environment of its own for every contestant, made once and kept; versions are whatever is newest."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PEERS = Path(__file__).with_name("peers")


@dataclass(frozen=True)
class Contestant:
    """Who runs, from which script, with which arguments, out of which packages (none: this interpreter's)."""

    name: str
    script: str
    packages: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()

    def command(self, home: Path) -> list[str]:
        """What to start; makes the environment first when it is not there."""
        python = sys.executable
        if self.packages:
            folder = home / "-".join(self.packages).replace("<", "").replace(">", "")
            python = str(folder / "bin" / "python")
            if not (folder / "made").exists():
                _make(folder, self.packages)
        return [python, str(PEERS / self.script), *self.arguments]


OURS = "ours"
CONTESTANTS = (
    Contestant(OURS, "ours.py"),
    Contestant("asyncssh", "asyncssh_.py", ("asyncssh",)),
    Contestant("OpenSSH ControlMaster", "openssh.py"),
    Contestant("Fabric ThreadingGroup", "fabric_.py", ("fabric", "invoke<3")),
    Contestant("parallel-ssh", "parallel_ssh.py", ("parallel-ssh",)),
    Contestant("pyinfra", "pyinfra_.py", ("pyinfra>=3",)),
    Contestant("ansible raw", "ansible_.py", ("ansible-core",), ("raw",)),
    Contestant("ansible shell", "ansible_.py", ("ansible-core",), ("shell",)),
)


def _make(folder: Path, packages: tuple[str, ...]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    uv = shutil.which("uv")
    if uv:
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)], check=True)
        subprocess.run(
            [uv, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python"), *packages], check=True
        )
    else:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        subprocess.run([str(folder / "bin" / "pip"), "install", "--quiet", *packages], check=True)
    (folder / "made").touch()
