"""Rules about finding processes and ending them: the search that finds itself, the wrong one killed, KILL first."""

from __future__ import annotations

import re

from engine.language.rules.known import signal_of
from engine.language.rules.rule import command_rule
from engine.language.rules.script import Script
from engine.language.rules.shell import Simple

_GREPS = ("grep", "egrep", "fgrep")
_LOOSE_PORT = re.compile(r"['\"]?:?[0-9]{2,5}['\"]?")
_SEARCH = re.compile(r"(?:\$\(|`)\s*(?:sudo\s+)?(lsof|pgrep|pidof|fuser|ps|netstat|ss)\b([^)`]*)")
_TAKES_PID = ("top", "ps", "lsof", "strace", "gdb", "py-spy", "pmap", "nsenter")


@command_rule(
    "grep-finds-itself",
    explains="ps lists the grep too, with the pattern in its command line: the answer is yes when nothing runs.",
    fix="ask the service: check: {service: {name: ..., is: running}}; or pgrep -x NAME",
    example='ps aux | grep "bun.*hono"',
)
def grep_finds_itself(simple: Simple, script: Script) -> str:
    """`ps | grep` that matches its own command line."""
    if simple.name not in _GREPS or not any(one.name == "ps" for one in script.pipe_before(simple)):
        return ""
    others = [*script.pipe_before(simple), *script.pipe_behind(simple)]
    apart = any(one.name in _GREPS and one.has("-v") and "grep" in one.arguments for one in others)
    sly = any(re.search(r"\[.\]", word) for word in simple.argv[1:])
    return "" if apart or sly or simple.has("-v") else "this grep finds itself in the list of processes"


@command_rule(
    "port-by-grep",
    explains="`grep :8080` also finds :80801, a client's own port, and connections; net-tools is often not there.",
    fix="check: {port: {number: 8080, is: open}}; or ss -H -ltn 'sport = :8080'",
    example="netstat -tlnp | grep :8080",
)
def port_by_grep(simple: Simple, script: Script) -> str:
    """A port that is looked for as text."""
    listed = any(one.name in ("netstat", "ss", "lsof") for one in script.pipe_before(simple))
    if simple.name not in _GREPS or not listed or simple.has("-w"):
        return ""
    port = next((word for word in simple.argv[1:] if _LOOSE_PORT.fullmatch(word)), "")
    return f"grep {port} also finds longer numbers" if port else ""


@command_rule(
    "kill-first",
    explains="KILL gives no chance to finish requests, close files and end workers: orphans keep the port.",
    fix="service: {name: ..., do: stop}; or TERM first, wait, and KILL what is left",
    example='kill -9 "$pid"',
)
def kill_first(simple: Simple, script: Script) -> str:
    """KILL without a TERM before it in the same script."""
    if signal_of(simple) != "KILL":
        return ""
    earlier = script.simples[: len(script.simples) - len(script.behind(simple)) - 1]
    return "" if any(signal_of(one) == "TERM" for one in earlier) else "KILL is sent and TERM was not tried"


@command_rule(
    "kills-by-search",
    explains="A search also finds what only resembles the server or is connected to it (a proxy), or nothing.",
    fix="service: {name: ..., do: stop}; for a port, lsof -t -iTCP:8080 -sTCP:LISTEN, and look who it is before",
    example='kill "$(lsof -t -i:8080)"',
)
def kills_by_search(simple: Simple, _: Script) -> str:
    """kill of whatever a search finds."""
    if not signal_of(simple) or signal_of(simple) == "0":
        return ""
    if simple.name in ("killall", "fuser") or (simple.name == "pkill" and simple.has("-f")):
        return f"{simple.name} ends everything that matches"
    for word in simple.words:
        search = _SEARCH.search(word.text)
        if search and "LISTEN" not in search[2]:
            return f"whatever {search[1]} finds is killed"
    return ""


@command_rule(
    "hard-coded-pid",
    explains="A process has another number after every start; today's number is another process tomorrow.",
    fix='ask for it when it is needed: systemctl show -p MainPID --value "$unit", a pidfile, or a param',
    example="kill -TERM 12345",
)
def hard_coded_pid(simple: Simple, _: Script) -> str:
    """A process named by a number that was true once."""
    words = simple.argv[1:]
    if simple.name == "kill":
        given = [
            word
            for before, word in zip(["", *words], words, strict=False)
            if word.isdigit() and before not in ("-s", "-n")
        ]
    elif simple.name in _TAKES_PID:
        given = [word for before, word in zip(["", *words], words, strict=False) if word.isdigit() and before == "-p"]
    else:
        given = [match[1] for word in words if (match := re.match(r"/proc/([0-9]+)(?:/|$)", word.strip("'\"")))]
    pid = next((word for word in given if int(word) > 1), "")
    return f"process {pid} is whatever has that number by then" if pid else ""
