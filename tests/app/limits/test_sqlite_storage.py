"""Our SQLite counters: exact between processes, windows that end, and a lost file that is an error."""

import multiprocessing
import sqlite3
import time
from pathlib import Path

import pytest
from limits import parse
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from app.limits.counters import Counters
from app.limits.sqlite_storage import SQLiteStorage


def storage(path: Path) -> SQLiteStorage:
    return SQLiteStorage(f"sqlite:///{path}", wrap_exceptions=True)


def _hit(path: Path, times: int) -> None:
    store = storage(path)
    for _ in range(times):
        store.incr("k", 60)


def test_no_hit_is_lost_or_counted_twice_between_processes(tmp_path: Path) -> None:
    path = tmp_path / "limits.sqlite"
    spawned = [multiprocessing.get_context("fork").Process(target=_hit, args=(path, 250)) for _ in range(4)]
    for process in spawned:
        process.start()
    for process in spawned:
        process.join(30)
        assert process.exitcode == 0
    assert storage(path).get("k") == 1000


def test_a_window_ends_and_begins_anew(tmp_path: Path) -> None:
    store = storage(tmp_path / "limits.sqlite")
    limiter, limit = FixedWindowRateLimiter(store), parse("2 per second")
    assert [limiter.hit(limit, "a") for _ in range(3)] == [True, True, False]
    assert limiter.hit(limit, "b"), "another key has its own window"
    stats = limiter.get_window_stats(limit, "a")
    assert stats.remaining == 0 and 0 < stats.reset_time - time.time() <= 1
    time.sleep(1.05)
    assert store.get("LIMITS:whatever") == 0
    assert limiter.hit(limit, "a")


def test_clearing_forgets_one_subject_only(tmp_path: Path) -> None:
    store = storage(tmp_path / "limits.sqlite")
    limiter = FixedWindowRateLimiter(store)
    for subject in ("ip:aa", "ip:bb"):
        for scope in ("auth.login", "sensitive"):
            limiter.hit(parse("5 per minute"), subject, scope)
    counters = Counters(store)
    assert {(c.subject, c.scope, c.count, c.limit) for c in counters.live()} == {
        (subject, scope, 1, 5) for subject in ("ip:aa", "ip:bb") for scope in ("auth.login", "sensitive")
    }
    assert counters.clear("ip:aa") == 2
    assert {c.subject for c in counters.live()} == {"ip:bb"}
    assert store.reset() == 2


def test_expired_counters_are_swept(tmp_path: Path) -> None:
    path = tmp_path / "limits.sqlite"
    store = storage(path)
    store.incr("old", 0)
    for _ in range(1000):
        store.incr("new", 60)
    assert [row[0] for row in sqlite3.connect(path).execute("SELECT key FROM counters")] == ["new"]


def test_a_file_that_cannot_be_used_is_a_storage_error(tmp_path: Path) -> None:
    path = tmp_path / "limits.sqlite"
    path.write_bytes(b"this is not a database" * 100)
    with pytest.raises(StorageError):
        storage(path).incr("k", 60)
    assert storage(path).check() is False
