"""Which names an author may give to params, outputs, steps and books, and why some are taken."""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = r"[a-z][a-z0-9_]{0,62}"
DOTTED = rf"{NAME}(?:\.{NAME}){{0,3}}"
SLUG = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
SLUG_MAX = 63

BUILT_IN = ("host", "run", "incident")
BUILT_IN_TASKS = ("demo", "test", "doctor", "respond")
FLAGS = (
    "hosts", "dry_run", "yes", "no_input", "json", "drill", "incident", "reason", "offline", "break_glass", "help",
    "severity", "follow", "detach", "approve", "hold", "quiet", "verbose", "debug", "no_color", "no_record",
)  # fmt: skip
SHELL = (
    "if", "then", "else", "elif", "fi", "case", "esac", "for", "select", "while", "until", "do", "done", "in",
    "function", "time", "coproc", "histchars", "auto_resume",
)  # fmt: skip
GRAMMAR = ("and", "or", "not", "true", "false")
_TAKEN = (
    (BUILT_IN, "is a name that every step already has"),
    (FLAGS, "is a flag that every runbook already has"),
    (BUILT_IN_TASKS, "is a task of its own"),
    (SHELL, "means something to the shell"),
    (GRAMMAR, "is a word of conditions"),
)
RESERVED = tuple(sorted({name for names, _ in _TAKEN for name in names}))


class Mention(NamedTuple):
    """A name where a text uses it; `column` counts characters from 0."""

    name: str
    column: int


def check_name(name: str) -> str:
    """The name of a param, secret, check, input or output, unchanged. Raises ValueError that says why not.

    Names become exported shell variables, so a few lower-case ones would change what programs do: curl and others
    obey `*_proxy`, npm obeys `npm_config_*`. Upper-case ones (PATH, IFS) cannot be written at all.
    """
    if not re.fullmatch(NAME, name):
        raise ValueError(_ill_formed(name, "_", "lower-case letters, digits and _, at most 63"))
    for names, why in _TAKEN:
        if name in names:
            raise ValueError(f"{name!r} {why}; take another name")
    if name.endswith("_proxy") or name.startswith("npm_config_"):
        raise ValueError(f"{name!r} as a shell variable changes what other programs do; take another name")
    return name


def check_slug(slug: str) -> str:
    """The id of a step or a symptom, unchanged. Raises ValueError that says why not."""
    if len(slug) > SLUG_MAX or not re.fullmatch(SLUG, slug):
        raise ValueError(_ill_formed(slug, "-", f"lower-case words joined by hyphens, at most {SLUG_MAX} characters"))
    return slug


def check_book_id(slug: str) -> str:
    """The id of a runbook, which is its task's name, unchanged. Raises ValueError that says why not."""
    if check_slug(slug) in BUILT_IN_TASKS:
        raise ValueError(f"{slug!r} is a task of its own; take another id")
    return slug


def _ill_formed(text: str, joint: str, rule: str) -> str:
    close = re.sub(r"[^a-z0-9]+", joint, text.lower()).strip(joint).lstrip("0123456789" + joint)[:SLUG_MAX].strip(joint)
    shown = text if len(text) <= 80 else text[:77] + "..."
    return f"{shown!r} is not a name here ({rule})" + (f"; write {close}" if close else "")
