"""The checks of the detailed health: each looks at one thing and grades it; must not repair anything."""

from __future__ import annotations

import os
import resource
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Grade = Literal["healthy", "degraded", "unhealthy"]
_WORST: dict[Grade, int] = {"healthy": 0, "degraded": 1, "unhealthy": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check saw. `critical`: unhealthy here makes the whole service so."""

    name: str
    grade: Grade
    detail: str
    critical: bool = True


Check = Callable[[], Finding]


def overall(findings: list[Finding]) -> Grade:
    """The worst grade; what is not critical can only degrade."""
    grades: list[Grade] = ["degraded" if f.grade == "unhealthy" and not f.critical else f.grade for f in findings]
    return max(grades, key=_WORST.__getitem__, default="healthy")


def answers(name: str, probe: Callable[[], bool], *, critical: bool = True) -> Check:
    """Whether a store answers."""

    def check() -> Finding:
        well = probe()
        return Finding(name, "healthy" if well else "unhealthy", "answers" if well else "does not answer", critical)

    return check


def disk(folder: Path) -> Check:
    """Space and inodes of a folder's file system: 90 % used degrades, 97 % is unhealthy."""

    def check() -> Finding:
        usage = shutil.disk_usage(folder)
        system = os.statvfs(folder)
        blocks = 100 * (1 - usage.free / usage.total)
        inodes = 100 * (1 - system.f_favail / system.f_files) if system.f_files else 0.0
        return Finding(
            "disk", _graded(max(blocks, inodes), 90, 97), f"{blocks:.0f} % of space, {inodes:.0f} % of inodes used"
        )

    return check


def configuration(still_valid: Callable[[], int]) -> Check:
    """Whether a restart would find a valid configuration: a bad edit is seen before it hurts."""

    def check() -> Finding:
        count = still_valid()
        said = f"{count} faults: a reload would be refused" if count else "valid"
        return Finding("configuration", "unhealthy" if count else "healthy", said, critical=False)

    return check


def memory() -> Finding:
    """This worker's resident memory against what the machine or its control group allows."""
    used = _resident()
    share = 100 * used / _allowed()
    return Finding(
        "memory", _graded(share, 75, 90), f"{used // 2**20} MiB, {share:.1f} % of what is allowed", critical=True
    )


def log_writable(folder: Path, waiting: Callable[[], int]) -> Check:
    """Whether lines reach the log files."""

    def check() -> Finding:
        held = waiting()
        well = held == 0 and os.access(folder, os.W_OK | os.X_OK)
        return Finding("log", "healthy" if well else "unhealthy", f"{held} lines waiting", critical=False)

    return check


def upstream(configured: bool, state: Callable[[], str]) -> Check:
    """The circuit breaker of the upstream service."""

    def check() -> Finding:
        open_ = configured and state() != "closed"
        detail = f"breaker {state()}" if configured else "not configured"
        return Finding("upstream", "degraded" if open_ else "healthy", detail, critical=False)

    return check


def _graded(percent: float, degraded: float, unhealthy: float) -> Grade:
    return "unhealthy" if percent > unhealthy else "degraded" if percent > degraded else "healthy"


def _resident() -> int:
    """Bytes."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _allowed() -> int:
    """Bytes: the machine's memory, or less when a control group says so."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        return min(total, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    except (OSError, ValueError):
        return total
