"""Takes bytes off a host as evidence: hashed where they lie and where they arrive, cut at a size, the cut counted."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from engine.reach.place import Command, Completed, Place, Stream
from engine.words.ending import UNREACHED, last_line, said

TIMED_OUT = "124"
"""The exit by which `timeout` says that the time was over."""
Keep = Literal["head", "tail"]
_SCRIPT = """
digest() {
    if command -v sha256sum >/dev/null; then sha256sum
    elif command -v shasum >/dev/null; then shasum -a 256
    elif command -v openssl >/dev/null; then openssl dgst -sha256 -r
    elif command -v python3 >/dev/null; then
        python3 -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
    else cat >/dev/null
    fi
}
bounded() { if command -v timeout >/dev/null; then timeout "$collect_wait" "$@"; else "$@"; fi; }
fact() { sed "s/^ */$collect_mark $1 /" >&4; }
{
    {
        { bounded sh -c "$collect_command" 3>&- 4>&- 6>&-; echo $? | fact exit; } | tee /dev/fd/6 | wc -c | fact total
    } 6>&1 | { "$collect_keep" -c "$collect_max" | tee /dev/fd/3 | digest | fact sha256; cat >/dev/null; }
} 3>&1 4>&2 | cat
"""
# The command's own time ends before ours, so that what it said until then arrives, and is hashed.
# Three streams part and meet: 6 carries everything to the cut, 3 what was kept to stdout, 4 the facts to stderr.
# The last cat makes stdout a pipe, which /dev/fd/3 can open; over SSH it may be a socket, which cannot be.


@dataclass(frozen=True, slots=True)
class Collected:
    """What arrived: `data` is what was kept, `cut` how many bytes were not; `problem` is empty when all is well.

    `host_sha256` is empty where nothing on the host could tell it.
    """

    data: bytes
    sha256: str
    host_sha256: str
    cut: int
    problem: str
    reached: bool = True


def collect(place: Place, command: Command, *, keep: Keep, size: int, allow_exit: tuple[int, ...]) -> Collected:
    """Runs a reading command and keeps the first or last `size` bytes of its output."""
    mark = f"evidence-{secrets.token_hex(8)}"
    ours = {
        "collect_command": command.script,
        "collect_keep": keep,
        "collect_max": str(size),
        "collect_wait": str(max(1, int(command.timeout) - 1)),
        "collect_mark": mark,
    }
    arriving = _Arriving(size)
    completed = place.run(replace(command, script=_SCRIPT, variables={**command.variables, **ours}), arriving)
    lines = completed.err.text.splitlines()
    facts = {words[1]: words[2] for line in lines if (words := line.split())[:1] == [mark] and len(words) > 2}
    own = "\n".join(line for line in lines if not line.startswith(mark))
    data = bytes(arriving.kept)
    sha256 = hashlib.sha256(data).hexdigest()
    return Collected(
        data,
        sha256,
        facts.get("sha256", ""),
        max(0, int(facts.get("total", "0")) - len(data)),
        _problem(completed, facts, sha256, own, allow_exit),
        completed.ended not in UNREACHED,
    )


@dataclass(slots=True)
class _Arriving:
    """A sink that keeps stdout, never more than was asked for."""

    size: int
    kept: bytearray = field(default_factory=bytearray)

    def __call__(self, stream: Stream, data: bytes) -> None:
        if stream == "out":
            self.kept += data[: self.size - len(self.kept)]


def _problem(completed: Completed, facts: Mapping[str, str], sha256: str, own: str, allow_exit: tuple[int, ...]) -> str:
    if completed.ended != "exited":
        return completed.message or said(completed)
    if "exit" not in facts or "total" not in facts:
        return f"the host did not say how it ended: {last_line(own)}"
    if facts["exit"] == TIMED_OUT:
        return "it took too long; kept is what it said until then"
    if int(facts["exit"]) not in allow_exit:
        return f"exit {facts['exit']}: {last_line(own)}".rstrip(": ")
    if facts.get("sha256", sha256) != sha256:
        return "what arrived is not what lay on the host"
    return ""
