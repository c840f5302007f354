"""Many hosts on one machine: real sshds on loopback addresses of their own, and a line that makes them far away."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

LISTENERS = 16
"""Addresses one sshd may listen on."""
PORT = 42022


@dataclass(frozen=True)
class Fleet:
    """Hosts 127.77.0.1, 127.77.0.2, …, all on one port, all with one key; `known_hosts` names every one of them."""

    folder: Path
    addresses: list[str]
    port: int
    key: Path
    known_hosts: Path
    far: bool

    def job(self, hosts: int, steps: int) -> str:
        """What a contestant is asked, as JSON."""
        told = {name: str(value) if isinstance(value, Path) else value for name, value in asdict(self).items()}
        return json.dumps({**told, "addresses": self.addresses[:hosts], "steps": steps})


@contextmanager
def fleet(hosts: int, *, delay_ms: float = 0.0) -> Iterator[Fleet]:
    """So many hosts, each `delay_ms` away in each direction."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key in ("host_key", "id"):
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", str(folder / key)], check=True
            )
        shutil.copy(folder / "id.pub", folder / "authorized_keys")
        here = [f"127.77.{number // 250}.{number % 250 + 1}" for number in range(hosts)]
        there = [address.replace("127.77.", "127.78.", 1) for address in here] if delay_ms else here
        public = " ".join((folder / "host_key.pub").read_text().split()[:2])
        (folder / "known_hosts").write_text("".join(f"[{address}]:{PORT} {public}\n" for address in here))
        running = [_sshd(folder, there[at : at + LISTENERS], at) for at in range(0, hosts, LISTENERS)]
        if delay_ms:
            running.append(_delay(here, there, delay_ms))
        try:
            _await(here)
            yield Fleet(folder, here, PORT, folder / "id", folder / "known_hosts", bool(delay_ms))
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait(10)


def _sshd(folder: Path, addresses: list[str], number: int) -> subprocess.Popen[bytes]:
    config = folder / f"sshd_config_{number}"
    lines = [
        *(f"ListenAddress {address}:{PORT}" for address in addresses),
        f"HostKey {folder}/host_key",
        f"AuthorizedKeysFile {folder}/authorized_keys",
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "MaxStartups 1000:30:2000",
        "PerSourceMaxStartups none",
        "Subsystem sftp internal-sftp",
        "SetEnv SHLVL=2",
        "LogLevel QUIET",
    ]
    config.write_text("\n".join(lines) + "\n")
    Path("/run/sshd").mkdir(exist_ok=True)
    sshd = shutil.which("sshd", path="/usr/sbin:/sbin:/usr/local/sbin")
    assert sshd, "sshd is not here: ./inv dev.setup"
    return subprocess.Popen([sshd, "-D", "-f", str(config)], start_new_session=True)


def _delay(here: list[str], there: list[str], delay_ms: float) -> subprocess.Popen[bytes]:
    script = str(Path(__file__).with_name("delay.py"))
    line = json.dumps({"port": PORT, "pairs": list(zip(here, there, strict=True)), "seconds": delay_ms / 1000})
    return subprocess.Popen([sys.executable, script, line], start_new_session=True)


def _await(addresses: list[str]) -> None:
    deadline = time.monotonic() + 20
    for address in addresses:
        while (
            subprocess.run(
                ["ssh-keyscan", "-T", "2", "-p", str(PORT), address], capture_output=True, check=False
            ).stdout
            == b""
        ):
            assert time.monotonic() < deadline, f"{address} did not come up"
            time.sleep(0.05)
