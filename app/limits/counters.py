"""Looks into the limiter's store and forgets single counters, whatever the store is; must not count."""

from __future__ import annotations

import time
from dataclasses import dataclass

from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage

from app.limits.sqlite_storage import SQLiteStorage

MAX_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Counter:
    """One live window: who it counts, for which limit, how much of it is used."""

    key: str
    subject: str
    scope: str
    limit: int
    count: int
    seconds_left: int


class Counters:
    """The live counters of one store. StorageError when it does not answer."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def live(self) -> list[Counter]:
        """At most MAX_SHOWN counters, fullest first."""
        now = time.time()
        found = [_parse(key, count, expires - now) for key, count, expires in self._entries()]
        return sorted((c for c in found if c), key=lambda c: -c.count / c.limit)[:MAX_SHOWN]

    def clear(self, subject: str) -> int:
        """Forget every counter of one subject (`ip:…`, `account:…`, `user:…`); how many there were."""
        keys = [key for key, _, _ in self._entries() if (c := _parse(key, 0, 0)) and c.subject == subject]
        for key in keys:
            self._storage.clear(key)
        return len(keys)

    def answers(self) -> bool:
        """Whether the store can be used now."""
        try:
            return bool(self._storage.check())
        except StorageError:
            return False

    def _entries(self) -> list[tuple[str, int, float]]:
        try:
            return _read(self._storage)
        except self._storage.base_exceptions as error:
            raise StorageError(error) from error


def _read(storage: Storage) -> list[tuple[str, int, float]]:
    """(key, count, end of window) of every live counter. `limits` itself has no way to list them."""
    if isinstance(storage, SQLiteStorage):
        return storage.entries()
    if isinstance(storage, RedisStorage):
        prefix = f"{storage.key_prefix}:"
        keys = [key.decode().removeprefix(prefix) for key in storage.storage.scan_iter(f"{prefix}*", count=500)]
        return [(key, storage.get(key), storage.get_expiry(key)) for key in keys]
    if isinstance(storage, MemoryStorage):
        return [(key, storage.get(key), storage.get_expiry(key)) for key in list(storage.storage)]
    return []


def _parse(key: str, count: int, seconds_left: float) -> Counter | None:
    """`LIMITER/<subject>/<scope>/<amount>/<multiple>/<granularity>`; None for a key that is not one."""
    parts = key.split("/")
    if len(parts) != 6 or not parts[3].isdigit():
        return None
    return Counter(key, parts[1], parts[2], int(parts[3]), count, max(0, round(seconds_left)))
