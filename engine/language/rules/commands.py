"""Rules about how a command ends and what it says: never, in the background, with a failure that nobody sees."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.language.load import Loaded
from engine.language.rules.known import serves
from engine.language.rules.rule import Finding, command_rule, rule
from engine.language.rules.script import Script, scripts_in
from engine.language.rules.shell import Simple

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
_INSTALLERS = ("apt", "apt-get", "dnf", "yum", "zypper")


@rule(
    "unquoted-variable",
    explains="Outside quotes the shell splits a value at spaces and expands * in it: one param becomes many words.",
    fix='write "$name"',
    example="systemctl restart $unit",
)
def unquoted_variable(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Params, inputs, outputs and secret files that stand outside quotes."""
    book = loaded.book
    names = {"host", "run", "incident", *book.params, *(f"{name}_file" for name in book.secrets)}
    for _path, step in book.walk():
        names |= {*step.outputs, *step.input}
    for script in scripts_in(loaded):
        for simple in script.simples:
            for word in simple.words:
                for name, at in word.bare:
                    if name in names:
                        yield Finding(script.path, f"${name} stands outside quotes", at, len(name) + 1)


@rule(
    "never-ends",
    explains="A command that follows a log, fills a screen or serves holds the run until its timeout ends it.",
    fix="take what is there now (tail -n 100, top -b -n 1, ping -c 4), wait with wait_for, start a service by service:",
    example="tail -f logs/backend.log",
)
def never_ends(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Commands that do not end by themselves."""
    for script in scripts_in(loaded):
        for simple in script.simples:
            if said := _endless(simple, script.text):
                yield Finding(script.path, f"{said} does not end by itself", simple.at, len(said))


def _endless(simple: Simple, script: str) -> str:
    name, options = simple.name, simple.argv[1:]
    if simple.words[0].text in ("while", "until") and simple.argv[:1] in (["true"], [":"], ["false"]):
        return "" if re.search(r"\b(break|exit|return)\b", script) else f"{simple.words[0].text} {simple.argv[0]}"
    if any(word.startswith("timeout") for word in (entry.text for entry in simple.words)):
        return ""
    if serves(simple):
        return "" if simple.after == "&" else " ".join(simple.argv[:3])
    if name not in _SCREENS:
        return ""
    if name in _FOLLOWS:
        follow = next((option for option in options if re.fullmatch(_FOLLOWS[name], option)), "")
        return f"{name} {follow}" if follow else ""
    if name in _BOUNDED and any(re.fullmatch(_BOUNDED[name], option) for option in options):
        return ""
    return "" if name == "yes" and simple.after == "|" else name


@command_rule(
    "left-in-background",
    explains="What a step leaves behind with & has no supervisor, no log of its own, and ends with the step's session.",
    fix="start it as a service: service: {name: ..., do: start}",
    example="PORT=8081 ./server &",
)
def left_in_background(simple: Simple, script: Script) -> str:
    """Commands that a step does not wait for."""
    if simple.after != "&" or any(later.name == "wait" for later in script.behind(simple)):
        return ""
    return f"{simple.name or 'this'} is left in the background"


@rule(
    "hides-failure",
    explains="`|| true` and `|| echo` turn every failure into success: the run goes on as if nothing had happened.",
    fix="let it fail, list the exit codes that are fine in allow_exit:, or say on_failure: continue",
    example="curl -f http://localhost:8080/ || echo down",
)
def hides_failure(loaded: Loaded, _: date) -> Iterator[Finding]:
    """Failures that are turned into success."""
    for script in scripts_in(loaded):
        simples = script.simples
        for index, simple in enumerate(simples):
            last = index + 1 == len(simples) or simple.after in ("\n", ";")
            if simple.before == "||" and simple.name in _HIDERS and last and not _fails_after(simples[index + 1 :]):
                yield Finding(
                    script.path,
                    f"|| {simple.name} hides that the command before it failed",
                    simple.at,
                    len(simple.name),
                )


def _fails_after(rest: tuple[Simple, ...]) -> bool:
    """`|| { echo no; exit 1; }` says it and fails all the same."""
    return bool(rest) and rest[0].name in ("exit", "return", "false")


@command_rule(
    "judged-by-eye",
    explains="curl exits 0 whatever the server answers, a 500 too: the step is a success unless a person reads it.",
    fix="use an http check: http: {get: URL, expect: {status: 200}}; or at least curl -f",
    example="curl http://localhost:8080/api/",
)
def judged_by_eye(simple: Simple, script: Script) -> str:
    """A curl whose exit code says nothing about the answer."""
    if simple.name != "curl" or simple.has("-f", "--fail", "--fail-with-body", "-w", "--write-out"):
        return ""
    read_on = any(later.name in ("grep", "egrep", "jq", "test", "[") for later in script.pipe_behind(simple))
    return "" if read_on else "curl succeeds whatever the server answers"


@command_rule(
    "nothing-found-fails",
    explains="grep exits 1 when it finds nothing: a log without errors makes the step fail.",
    fix="allow_exit: [0, 1]; or, when nothing must be there, say so in a check",
    example="grep ERROR /var/log/backend.log",
)
def nothing_found_fails(simple: Simple, script: Script) -> str:
    """A step that ends in a grep of files and takes only 0 for done; a grep behind a pipe is meant as a question."""
    last = script.own and simple is script.simples[-1] and simple.before not in ("||", "|")
    if not last or simple.name not in ("grep", "egrep", "fgrep", "zgrep") or simple.has("-q", "--quiet"):
        return ""
    fine = script.step is not None and 1 in script.step.allow_exit
    return "" if fine else f"{simple.name} fails when it finds nothing"


@command_rule(
    "waits-for-typing",
    explains="A step has no terminal and no input: what asks for a password or a yes fails, or waits in vain.",
    fix="become: true instead of sudo; -y for package tools",
    example="sudo systemctl restart backend",
)
def waits_for_typing(simple: Simple, _: Script) -> str:
    """Commands that may ask."""
    texts = [word.text for word in simple.words]
    if texts[0] == "sudo" and not any(re.fullmatch(r"-[a-zA-Z]*n[a-zA-Z]*|--non-interactive", text) for text in texts):
        return "sudo may ask for a password"
    asks = simple.name in _INSTALLERS and {"install", "remove", "upgrade"} & set(simple.arguments)
    return "" if not asks or simple.has("-y", "--yes", "-q") else f"{simple.name} asks before it acts"


@command_rule(
    "folder-forgotten",
    explains="Each step runs in a shell of its own: a cd at its end moves nobody.",
    fix="put the cd before the command that needs it, in the same step",
    example="cd /srv/backend",
)
def folder_forgotten(simple: Simple, script: Script) -> str:
    """A step that ends in cd."""
    last = script.own and simple is script.simples[-1]
    return "the next step does not start in this folder" if last and simple.name == "cd" else ""
