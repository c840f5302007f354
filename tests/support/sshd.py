"""A real OpenSSH server on loopback, with keys and a home of its own; ended by its process id."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from engine.inventory.host import Host


def keygen(path: Path, kind: str = "ed25519") -> Path:
    """A new private key, with its public half beside it."""
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "test", "-f", str(path)], check=True)
    return path


def free_port(address: str = "127.0.0.1") -> int:
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Sshd:
    """One server. `shell` becomes everybody's login shell; `options` are lines of sshd_config."""

    folder: Path
    client_key: Path
    address: str = "127.0.0.1"
    shell: str = ""
    options: list[str] = field(default_factory=list)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Sshd:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port(self.address)
        key = self.folder / "host_key"
        if not key.exists():
            keygen(key)
        authorized = self.folder / "authorized_keys"
        shutil.copy(f"{self.client_key}.pub", authorized)
        config = self.folder / "sshd_config"
        lines = [
            f"ListenAddress {self.address}:{self.port}",
            f"HostKey {key}",
            f"AuthorizedKeysFile {authorized}",
            "PidFile none",
            "StrictModes no",
            "PermitRootLogin prohibit-password",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "UsePAM no",
            "MaxStartups 500:30:1000",
            "PerSourceMaxStartups none",
            "Subsystem sftp internal-sftp",
            "LogLevel QUIET",
            *self.options,
        ]
        environment = ["SHLVL=2"]  # Debian's bash reads ~/.bashrc for sshd on level 1, and that may take 0.4 s
        if self.shell:
            (self.folder / "bin").mkdir(exist_ok=True)
            link = self.folder / "bin" / "sh"
            link.unlink(missing_ok=True)
            link.symlink_to(shutil.which(self.shell) or self.shell)
            path = f"{link.parent}:{os.environ['PATH']}"
            environment.append(f"PATH={path}")
            lines.append(f'ForceCommand {link} -c "$SSH_ORIGINAL_COMMAND"')
        lines.append(f"SetEnv {' '.join(environment)}")
        config.write_text("\n".join(lines) + "\n")
        Path("/run/sshd").mkdir(exist_ok=True)
        sshd = shutil.which("sshd", path="/usr/sbin:/sbin:/usr/local/sbin")
        assert sshd
        self.process = subprocess.Popen([sshd, "-D", "-f", str(config)], start_new_session=True)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex((self.address, self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError(f"sshd did not come up: {config.read_text()}")

    def stop(self) -> None:
        """The listener and every session it forked, which are its children."""
        if self.process is None:
            return
        children = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, check=False
        ).stdout.split()
        self.process.terminate()
        self.process.wait(10)
        for child in children:
            subprocess.run(["kill", "-TERM", child.decode()], capture_output=True, check=False)
        self.process = None

    def host(self, name: str, **more: object) -> Host:
        """The server as the inventory names it."""
        known: dict[str, object] = {"user": "root", "identity_file": str(self.client_key)}
        return Host(name, self.address, self.port, **(known | more))  # type: ignore[arg-type]

    @property
    def server(self) -> str:
        """Its name in known_hosts."""
        return f"[{self.address}]:{self.port}"

    @property
    def public_key(self) -> tuple[str, str]:
        kind, text, *_ = (self.folder / "host_key.pub").read_text().split()
        return kind, text
