"""The system parts that tests need, their Debian packages and how each is looked for; it knows no test and no task."""

import ast
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ENABLE = "./inv dev.setup"


@dataclass(frozen=True)
class Part:
    """A part of the machine: the packages that bring it (none: it cannot be installed) and whether it is here."""

    packages: tuple[str, ...]
    is_here: Callable[[], bool]


def _commands(*names: str) -> Callable[[], bool]:
    def are_here() -> bool:
        # Daemons live in sbin, which the PATH of an ordinary user lacks.
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
        return all(shutil.which(name, path=path) for name in names)

    return are_here


PARTS = {
    "bash": Part(("bash",), _commands("bash")),
    "browser": Part(("chromium",), _commands("chromium")),
    "busybox": Part(("busybox",), _commands("busybox")),
    "curl": Part(("curl",), _commands("curl")),
    "dash": Part(("dash",), _commands("dash")),
    "logrotate": Part(("logrotate",), _commands("logrotate")),
    "nginx": Part(("nginx-light",), _commands("nginx")),
    # Debian keeps the server's commands off the PATH, one folder a version.
    "postgresql": Part(("postgresql",), lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))),
    "redis": Part(("redis-server",), _commands("redis-server")),
    "root": Part((), lambda: os.geteuid() == 0),
    "shellcheck": Part(("shellcheck",), _commands("shellcheck")),
    "sshd": Part(("openssh-server", "openssh-client"), _commands("sshd", "ssh", "ssh-keygen")),
    "strace": Part(("strace",), _commands("strace")),
    "sudo": Part(("sudo",), _commands("sudo")),
    "supervisor": Part(("supervisor",), _commands("supervisord", "supervisorctl")),
    "systemd": Part(
        ("systemd", "systemd-container", "debootstrap"),
        _commands("systemd-analyze", "systemd-nspawn", "debootstrap"),
    ),
    "tmux": Part(("tmux",), _commands("tmux")),
}


def how_to_enable(name: str) -> str:
    """What to type when the part `name` is not here."""
    return ENABLE if PARTS[name].packages else f"run as {name}"


def named_in(tests: Path) -> set[str]:
    """The parts that the test files under `tests` name in a `needs` marker, found without importing them."""
    calls = (
        node
        for file in tests.rglob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "needs"
    )
    return {
        argument.value
        for call in calls
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
