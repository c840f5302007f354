"""Rules about shell text: commands that never end, hide their failure, or break on a value with a space in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.language.load import Loaded
from engine.language.rules.rule import Finding, rule
from engine.language.rules.shell import Simple, commands_in, simple_commands

_SCREENS = (
    "less",
    "more",
    "vi",
    "vim",
    "nano",
    "htop",
    "man",
    "watch",
    "yes",
    "journalctl",
    "tail",
    "top",
    "ping",
    "ping6",
)
_FOLLOWS = {"tail": r"-[a-zA-Z0-9]*[fF][a-zA-Z0-9]*|--follow(=.*)?", "journalctl": r"-[a-z]*f[a-z]*|--follow"}
_BOUNDED = {"top": r"-[a-z]*b[a-z]*|-l", "ping": r"-[a-zA-Z]*[cw].*|--count.*", "ping6": r"-[a-zA-Z]*[cw].*"}
_HIDERS = ("true", ":", "echo", "printf")


@rule(
    "unquoted-variable",
    explains="Outside quotes the shell splits a value at spaces and expands * in it: one param becomes many words.",
    fix='write "$name"',
)
def unquoted_variable(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Params, inputs, outputs and secret files that stand outside quotes."""
    book = loaded.book
    names = {"host", "run", "incident", *book.params, *(f"{name}_file" for name in book.secrets)}
    for _path, step in book.walk():
        names |= {*step.outputs, *step.input}
    for path, script in commands_in(loaded):
        for simple in simple_commands(script):
            for word in simple.words:
                for name, at in word.bare:
                    if name in names:
                        yield Finding(path, f"${name} stands outside quotes", at, len(name) + 1)


@rule(
    "never-ends",
    explains="A command that follows a log or fills a screen holds the run until its timeout ends it.",
    fix="take what is there now (tail -n 100, top -b -n 1, ping -c 4), or wait for a check with wait_for",
)
def never_ends(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Commands that do not end by themselves."""
    for path, script in commands_in(loaded):
        for simple in simple_commands(script):
            if said := _endless(simple, script):
                yield Finding(path, f"{said} does not end by itself", simple.at, len(said))


def _endless(simple: Simple, script: str) -> str:
    name, options = simple.name, simple.argv[1:]
    if simple.words[0].text in ("while", "until") and simple.argv[:1] in (["true"], [":"], ["false"]):
        return "" if re.search(r"\b(break|exit|return)\b", script) else f"{simple.words[0].text} {simple.argv[0]}"
    if name not in _SCREENS or any(word.startswith("timeout") for word in (entry.text for entry in simple.words)):
        return ""
    if name in _FOLLOWS:
        follow = next((option for option in options if re.fullmatch(_FOLLOWS[name], option)), "")
        return f"{name} {follow}" if follow else ""
    if name in _BOUNDED and any(re.fullmatch(_BOUNDED[name], option) for option in options):
        return ""
    return "" if name == "yes" and simple.after == "|" else name


@rule(
    "hides-failure",
    explains="`|| true` and `|| echo` turn every failure into success: the run goes on as if nothing had happened.",
    fix="let it fail, list the exit codes that are fine in allow_exit:, or say on_failure: continue",
)
def hides_failure(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Failures that are turned into success."""
    for path, script in commands_in(loaded):
        simples = simple_commands(script)
        for index, simple in enumerate(simples):
            last = index + 1 == len(simples) or simple.after in ("\n", ";")
            if simple.before == "||" and simple.name in _HIDERS and last and not _fails_after(simples[index + 1 :]):
                yield Finding(
                    path, f"|| {simple.name} hides that the command before it failed", simple.at, len(simple.name)
                )


def _fails_after(rest: list[Simple]) -> bool:
    """`|| { echo no; exit 1; }` says it and fails all the same."""
    return bool(rest) and rest[0].name in ("exit", "return", "false")
