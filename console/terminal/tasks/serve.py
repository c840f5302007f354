"""`inv serve.*`: the long-lived processes, in the foreground; it knows their commands, never what they answer."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

from invoke.context import Context

from console.settings import ROOT, settings
from console.terminal.environments import backend_python
from console.terminal.problem import Problem
from console.terminal.task import task


@task(
    help={
        "port": "where to listen, on 127.0.0.1 unless the env file says otherwise",
        "env_file": "its configuration; made with fresh secrets when it is missing",
    }
)
def backend(_: Context, port: str = "8080", env_file: str = "") -> None:
    """Run the operated backend here, until Ctrl-C; two workers."""
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise Problem(f"--port is a number from 1 to 65535, not {port!r}.", then="./inv serve.backend --port 8080")
    if _is_taken(int(port)):
        raise Problem(
            f"Port {int(port)} is taken.",
            where=f"127.0.0.1:{int(port)}",
            why="Something listens there already; perhaps a backend.",
            then=f"./inv serve.backend --port {int(port) + 1}",
        )
    python = backend_python()
    folder = settings().home / f"backend-{int(port)}"
    file = Path(env_file).absolute() if env_file else folder / "env"
    if not file.exists():
        make_env_file(python, file, folder, int(port))
    os.chdir(ROOT)
    os.execve(  # noqa: S606 - the server takes this process's place, its terminal and its signals
        python, serving(python), {**os.environ, "APP_ENV_FILE": str(file), "PORT": str(int(port))}
    )


def _is_taken(port: int) -> bool:
    """The server itself would try for seconds, and say so only in its log."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def serving(python: Path) -> list[str]:
    """The command that serves, from the project's root."""
    return [str(python), "-m", "gunicorn", "-c", "app/deploy/gunicorn.conf.py", "app.wsgi:app"]


def make_env_file(python: Path, file: Path, folder: Path, port: int) -> None:
    """A configuration with secrets of its own, whose logs, data and pidfile lie in `folder`. Raises Problem."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    values = {
        "APP_ENV": "development",
        "PORT": str(port),
        "LOG_DIR": str(folder / "logs"),
        "DATA_DIR": str(folder / "data"),
        "PIDFILE": str(folder / "backend.pid"),
    }
    command = [str(python), "-m", "app.configuration", "init", str(file)]
    command += [f"{name}={value}" for name, value in values.items()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{file} could not be made.", why=done.stderr.strip().splitlines(), then="mend that, and repeat")
