"""The grades of the detailed health: thresholds, and what may only degrade."""

from pathlib import Path

import pytest

from app.status import checks
from app.status.checks import Finding, Grade, overall


def finding(grade: Grade, *, critical: bool = True) -> Finding:
    return Finding("x", grade, "", critical)


def test_the_worst_counts_and_what_is_not_critical_only_degrades() -> None:
    assert overall([]) == "healthy"
    assert overall([finding("healthy"), finding("degraded")]) == "degraded"
    assert overall([finding("unhealthy"), finding("degraded")]) == "unhealthy"
    assert overall([finding("unhealthy", critical=False), finding("healthy")]) == "degraded"


@pytest.mark.parametrize(("mib", "grade"), [(70, "healthy"), (80, "degraded"), (95, "unhealthy")])
def test_memory_is_graded_by_share(monkeypatch: pytest.MonkeyPatch, mib: int, grade: Grade) -> None:
    monkeypatch.setattr(checks, "_resident", lambda: mib * 2**20)
    monkeypatch.setattr(checks, "_allowed", lambda: 100 * 2**20)
    assert checks.memory().grade == grade


def test_a_log_that_waits_is_seen(tmp_path: Path) -> None:
    assert checks.log_writable(tmp_path, lambda: 0)().grade == "healthy"
    assert checks.log_writable(tmp_path, lambda: 3)().grade == "unhealthy"
    assert checks.log_writable(tmp_path / "gone", lambda: 0)().grade == "unhealthy"


def test_an_open_breaker_degrades_only_what_is_configured() -> None:
    assert checks.upstream(True, lambda: "open")().grade == "degraded"
    assert checks.upstream(False, lambda: "open")().grade == "healthy"
