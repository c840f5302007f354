"""Requests per second and endurance of the backend's clients: one lean keep-alive client, shared by the benchmarks.

    .venv/bin/python benchmarks/backend_load.py [--clients 200] [--seconds 60] [--json]

Run by itself it holds 200 clients on the real service for 60 s, over routes of every kind, and fails when an answer is
neither a success nor a refusal meant as such (401, 429, 503), or when memory grows by more than a tenth after the
first third.
"""

from __future__ import annotations

import argparse
import json
import selectors
import socket
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.backend import RunningBackend

MEANT = {200, 401, 429, 503}
MAX_GROWTH = 1.10


@dataclass
class Outcome:
    """What the clients saw: answers by status, connections lost, and how long it took, in seconds."""

    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0
    seconds: float = 0.0

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds


class Client:
    """One keep-alive connection that sends its requests in turn, each after the answer to the one before."""

    def __init__(self, port: int, requests: list[bytes]) -> None:
        self.port, self.requests, self.turn = port, requests, 0
        self.connect()

    def connect(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = b""

    def send(self) -> None:
        self.turn += 1
        self.socket.sendall(self.requests[self.turn % len(self.requests)])

    def receive(self) -> tuple[int, bool] | None:
        """(status, whether the connection stays) once the answer is whole; None before; ConnectionError at its end."""
        piece = self.socket.recv(65_536)
        if not piece:
            raise ConnectionError
        self.received += piece
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        lower = head.lower()
        length = int(lower.partition(b"content-length: ")[2].split(b"\r\n")[0])
        if len(body) < length:
            return None
        self.received = b""
        return int(head[9:12]), b"connection: close" not in lower


def hold(port: int, requests: list[bytes], clients: int, seconds: float) -> Outcome:
    """Keep `clients` busy for `seconds`."""
    outcome = Outcome()
    selector = selectors.DefaultSelector()
    began = time.monotonic()
    for number in range(clients):
        client = Client(port, requests)
        client.turn = number
        selector.register(client.socket, selectors.EVENT_READ, client)
        client.send()
    while (now := time.monotonic()) - began < seconds:
        for key, _ in selector.select(timeout=1):
            client = key.data
            try:
                answered = client.receive()
                if answered is None:
                    continue
                outcome.statuses[answered[0]] += 1
                stays = answered[1]
            except (ConnectionError, TimeoutError):
                outcome.lost += 1
                stays = False
            if not stays:
                selector.unregister(client.socket)
                client.socket.close()
                client.connect()
                selector.register(client.socket, selectors.EVENT_READ, client)
            client.send()
    outcome.seconds = now - began
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return outcome


def get(path: str, token: str = "") -> bytes:
    """The bytes of a GET."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{authorization}\r\n".encode()


def resident(pids: list[int]) -> int:
    """Bytes of resident memory of these processes together."""
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 for pid in pids)


def mixed(token: str) -> list[bytes]:
    """A request of every kind: open, limited, signed in, refused, written, unknown token."""
    body = b'{"email":"nobody@example.org","password":"x"}'
    login = b"POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    login += f"Content-Length: {len(body)}\r\n\r\n".encode() + body
    return [
        get("/api/"),
        get("/api/sensitive/data"),
        get("/api/auth/me", token),
        get("/api/user", token),
        get("/api/auth/me", "not.a.token"),
        get("/api/info"),
        get("/api/toolkit/health"),
        login,
    ]


def endure(clients: int, seconds: float) -> dict[str, object]:
    """The load, in three parts; memory is looked at after each."""
    with tempfile.TemporaryDirectory() as folder, RunningBackend(Path(folder)) as backend:
        requests = mixed(str(backend.sign_up()["accessToken"]))
        statuses: Counter[int] = Counter()
        lost, memory, rates = 0, [], []
        for _ in range(3):
            outcome = hold(backend.port, requests, clients, seconds / 3)
            statuses += outcome.statuses
            lost += outcome.lost
            rates.append(round(outcome.per_second))
            memory.append(resident(backend.workers()))
        errors = [line for line in backend.lines() if line["evt"] in ("unhandled_exception", "server_error")]
    growth = memory[-1] / memory[0]
    met = set(statuses) <= MEANT and not lost and not errors and growth <= MAX_GROWTH
    return {
        "schema": "watchbook/bench/1",
        "name": "backend_load",
        "clients": clients,
        "seconds": seconds,
        "statuses": dict(statuses),
        "lost": lost,
        "errors": len(errors),
        "requests_per_second": rates,
        "memory_mib": [m // 2**20 for m in memory],
        "growth": round(growth, 3),
        "goal": {"statuses": sorted(MEANT), "lost": 0, "growth": MAX_GROWTH},
        "met": met,
    }


def main() -> int:
    """Exit 1 when the goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    result = endure(asked.clients, asked.seconds)
    if asked.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:<20} {value}")
    return 0 if result["met"] else 1


if __name__ == "__main__":
    sys.exit(main())
