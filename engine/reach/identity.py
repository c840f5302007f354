"""Which boot of which machine answers, and what its clock says: one question in sh for every reach."""

from __future__ import annotations

import time

from engine.reach.place import Command, Completed, HostFacts

QUESTION = Command(
    display="which boot of which machine is this?",
    timeout=20.0,
    script="""
first() { for file; do { IFS= read -r line <"$file"; } 2>/dev/null && echo "$line" && return; done; return 1; }
echo "boot $(first /proc/sys/kernel/random/boot_id || sysctl -n kern.bootsessionuuid 2>/dev/null)"
echo "machine $(first /etc/machine-id /var/lib/dbus/machine-id || sysctl -n kern.uuid 2>/dev/null)"
echo "clock $(date +%s.%N)"
""",
)


def told(completed: Completed) -> HostFacts:
    """What the host answered; empty where it did not know. The offset is good to half the time the question took."""
    answers = dict(line.partition(" ")[::2] for line in completed.out.text.splitlines())
    return HostFacts(
        boot_id=answers.get("boot", ""),
        machine_id=answers.get("machine", ""),
        clock_offset=_offset(answers.get("clock", ""), completed.seconds),
    )


def _offset(clock: str, seconds: float) -> float | None:
    """Host clock minus ours; a `date` without %N leaves a letter there and only whole seconds count."""
    whole, _, fraction = clock.partition(".")
    if not whole.isdecimal():
        return None
    there = float(f"{whole}.{fraction}") if fraction.isdecimal() else float(whole)
    return there - (time.time() - seconds / 2)
