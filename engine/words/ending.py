"""How a command's end becomes a deed: the one place where exits, deadlines and silence get their status."""

from __future__ import annotations

from collections.abc import Mapping

from engine.primitives.values import Value
from engine.reach.place import Completed, Ended, Stream
from engine.words.word import Deed, Observation, Reading, Scene, Status

_STATUS: Mapping[Ended, Status] = {
    "timed_out": "timed_out",
    "unreachable": "unreachable",
    "unknown": "unknown",
    "stopped": "failed",
    "refused": "failed",
}
UNREACHED: tuple[Ended, ...] = ("unreachable", "unknown")
"""The ends that tell nothing of what a reading command would have seen."""
LONGEST_QUOTE = 400


def deed_of(completed: Completed, scene: Scene) -> Deed:
    """The deed of a command that ended: its exit measured by `allow_exit`, its stdout parsed by `outputs`."""
    if completed.ended != "exited":
        return Deed(_STATUS[completed.ended], completed.message or said(completed), exit=completed.exit)
    if completed.exit not in scene.allow_exit:
        quote = last_line(completed.err.text) or last_line(completed.out.text)
        return Deed("failed", f"exit {completed.exit}", quote, completed.exit)
    text = completed.out.text
    outputs, problem = parse_outputs(scene, text)
    if problem:
        return Deed("failed", "an output is missing", problem, completed.exit, outputs)
    message = "" if completed.exit == 0 else f"exit {completed.exit}"
    return Deed("ok", message, exit=completed.exit, outputs=outputs, stdout=text)


def undecided(completed: Completed, what: str) -> Observation:
    """What a probe says when its command came to no end of its own."""
    said_so = f"{what} -> {completed.message or said(completed)}"
    return Observation(None, said_so, completed.seconds, completed.ended not in UNREACHED)


def reading_of(completed: Completed) -> Reading:
    """What a reading command read: its whole stdout without the last line end."""
    if completed.exit != 0:
        why = last_line(completed.err.text) or completed.message or said(completed)
        return Reading(None, why, completed.seconds, completed.ended not in UNREACHED)
    return Reading(completed.out.text.rstrip("\n"), "", completed.seconds)


def silent(_stream: Stream, _data: bytes) -> None:
    """The sink of a command whose output is only read here."""


def said(completed: Completed) -> str:
    """How a command ended, in words."""
    match completed.ended:
        case "exited":
            return f"exit {completed.exit}"
        case "timed_out":
            return f"timed out after {completed.seconds:.0f} s"
        case "unreachable":
            return "the host could not be reached"
        case "unknown":
            return "the connection was lost: nobody knows how it ended"
        case "stopped":
            return "stopped on request"
        case "refused":
            return "it did not begin"


def parse_outputs(scene: Scene, text: str) -> tuple[dict[str, Value], str]:
    """The step's outputs from a text, and what was wrong with the first bad one."""
    outputs: dict[str, Value] = {}
    for name, rule in scene.outputs.items():
        try:
            outputs[name] = rule.take(name, text)
        except ValueError as problem:
            return outputs, f"{name}: {problem}"
    return outputs, ""


def last_line(text: str) -> str:
    """The last line that says something, short and without control characters."""
    lines = [line for line in text.splitlines() if line.strip()]
    return printable(lines[-1]) if lines else ""


def printable(text: str, limit: int = LONGEST_QUOTE) -> str:
    """A host's words on one line: bounded, and nothing in them can move a terminal's cursor."""
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text[: limit + 1]).strip()
    return shown if len(text) <= limit else shown[: limit - 1] + "…"
