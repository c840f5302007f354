"""Rules about secrets and configuration: printed, archived in the clear, put into argv, set where nobody reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from engine.language.judge import leaves
from engine.language.load import Loaded
from engine.language.rules.known import tar_packs
from engine.language.rules.rule import Finding, command_rule, rule
from engine.language.rules.script import Script
from engine.language.rules.shell import Simple
from engine.words.guide import Guide
from engine.words.run import ShellCommand

SECRET = re.compile(r"secret|token|passw|passphrase|credential|api_?key|private_?key|jwt", re.IGNORECASE)
"""A name that is likely to be a secret's."""
PLACEHOLDER = re.compile(r"your[-_]|[-_]here\b|change[-_]?me|replace[-_]?me|example|dummy|xxxx|<.*>|^(?:dev|test)[-_]")
"""A value that stands for another."""
_SECRET_FILE = re.compile(
    r"(?:.*/)?(?:\.env(?!\.(?:example|sample|template)\b)[\w.*-]*|id_(?:rsa|dsa|ecdsa|ed25519)|.+\.(?:pem|key|p12|pfx)"
    r"|(?:secrets?|credentials)(?:\.\w+)?)|/etc/shadow|/proc/[^/]+/environ"
)
_ASSIGNED = re.compile(
    r"(?<!\w)(\w{0,60}(?:SECRET|TOKEN|PASSWORD|PASSWD|API_KEY)\w{0,60})\s*[=:]\s*[\"']?([^\s\"']{4,})"
)
_PRINTERS = ("cat", "less", "more", "head", "tail", "bat", "strings", "xxd", "grep", "egrep", "tee")
_HIDES = ("sha256sum", "sha512sum", "md5sum", "wc", "cut", "gpg", "age", "openssl", "sha1sum")
_ENCRYPTS = ("gpg", "gpg2", "age", "openssl", "ccrypt")
_BUILT_IN = ("export", "echo", "printf", "test", "[", "")
_EVERYBODYS = ("HOME", "PATH", "USER", "LOGNAME", "HOSTNAME", "PWD", "SHELL", "LANG", "PPID", "UID", "RANDOM", "TMPDIR")


@command_rule(
    "prints-secret",
    explains="What a step prints is shown on the terminal and kept in the record, for everybody who may read it.",
    fix="compare a fingerprint (sha256sum | cut -c1-12) or the length; write new secrets straight into a 0600 file",
    example='echo "$JWT_SECRET"',
)
def prints_secret(simple: Simple, script: Script) -> str:
    """Secrets that reach the output."""
    said = _shown(simple, script)
    if not said or simple.writes or (script.step is not None and script.step.sensitive):
        return ""
    hidden = any(later.name in _HIDES or later.has("-c", "-q") for later in script.pipe_behind(simple))
    return "" if hidden else said


def _shown(simple: Simple, script: Script) -> str:
    """What a command shows of a secret, if nothing behind it hides it."""
    if simple.name in ("echo", "printf"):
        shown = next((name for name in simple.variables() if SECRET.search(name) and not name.endswith("_file")), "")
        return f"${shown} is printed" if shown else ""
    if _prints_environment(simple):
        return "the environment is printed, and secrets with it"
    if simple.name in _PRINTERS and not simple.has("-q", "-c", "-l"):
        files = [word for word in simple.arguments if _SECRET_FILE.fullmatch(word)]
        files += [name for name in simple.variables() if name.removesuffix("_file") in script.book.secrets]
        return f"{simple.name} prints {files[0]}" if files else ""
    made = simple.name == "openssl" and simple.argv[1:2] == ["rand"] and not simple.has("-out")
    return "the new secret is printed" if made or simple.name == "pwgen" else ""


def _prints_environment(simple: Simple) -> bool:
    bare_env = simple.words[-1].text == "env"
    return (
        bare_env or simple.name == "printenv" or (simple.name in ("set", "export") and simple.argv[1:] in ([], ["-p"]))
    )


@command_rule(
    "secret-in-argv",
    explains="Every user of the host can read the arguments of every process; some are kept in logs.",
    fix='let the command read the file itself (--token-file "$token_file"), or give it by stdin (<"$token_file")',
    example='node verify.js "$(cat "$JWT_SECRET_FILE")"',
)
def secret_in_argv(simple: Simple, script: Script) -> str:
    """A secret's text among a program's arguments."""
    if simple.name in _BUILT_IN:
        return ""
    for word in simple.words:
        for name in re.findall(r"\$\(\s*(?:cat|<)\s*\"?\$\{?(\w+)", word.text):
            if name.removesuffix("_file") in script.book.secrets or SECRET.search(name):
                return f"the text of ${name} becomes an argument of {simple.name}"
    return ""


@command_rule(
    "export-as-configuration",
    explains="A variable exported in a step is gone when the step ends; the running service never sees it.",
    fix="write it into the service's environment file, check the configuration, and reload the service",
    example='export CORS_ORIGIN="https://app.example"',
)
def export_as_configuration(simple: Simple, script: Script) -> str:
    """An export that no command behind it can see."""
    if simple.name != "export":
        return ""
    name = next((word.partition("=")[0] for word in simple.argv[1:] if re.match(r"[A-Z][A-Z0-9_]*=", word)), "")
    used = any(later.name not in _BUILT_IN for later in script.behind(simple))
    return f"{name} is exported to nobody: the step ends here" if name and not used else ""


@command_rule(
    "asks-its-own-shell",
    explains="A step's shell has variables of its own: they say nothing about those of the running service.",
    fix="look at the running service: its ops endpoint, or /proc/PID/environ as root (names and fingerprints only)",
    example='echo "$CORS_ORIGIN"',
)
def asks_its_own_shell(simple: Simple, script: Script) -> str:
    """The step's environment, taken for the service's."""
    if _prints_environment(simple) and simple.name not in ("set", "export"):
        return "this is the environment of the step, not of the service"
    if simple.name not in ("echo", "printf"):
        return ""
    for name in simple.variables():
        if re.fullmatch(r"[A-Z][A-Z0-9_]+", name) and name not in _EVERYBODYS and f"{name}=" not in script.text:
            return f"${name} is the step's own, not the service's"
    return ""


@command_rule(
    "plaintext-archive",
    explains="A copy of an env file or a key holds the secrets in the clear, for whoever can read it where it is kept.",
    fix="leave secrets out, or encrypt before writing: tar -c ... | age -r RECIPIENT >FILE, with umask 077",
    example="tar -czf backup.tar.gz .env* backend/",
)
def plaintext_archive(simple: Simple, script: Script) -> str:
    """Secrets in archives and copies."""
    if not tar_packs(simple) and simple.name not in ("zip", "7z", "scp", "rsync", "cp"):
        return ""
    if any(later.name in _ENCRYPTS for later in script.pipe_behind(simple)):
        return ""
    sources = simple.arguments if simple.name in ("tar", "zip", "7z") else simple.arguments[:-1]
    found = next((word for word in sources if _SECRET_FILE.fullmatch(word)), "")
    return f"{found} is kept in the clear" if found else ""


@rule(
    "placeholder-secret",
    explains="A secret that stands in a guide is known to all its readers; people paste it as it is.",
    fix="declare it under secrets: (from: env:NAME or file:/PATH), and generate the value",
    example="JWT_SECRET=your-secure-production-secret-here ./serve",
)
def placeholder_secret(loaded: Loaded, _: date) -> Iterator[Finding]:
    """A made-up value where a secret belongs, in a command or in what a person is told to do."""
    for path, found in leaves(loaded.book):
        if isinstance(found, ShellCommand):
            where, text = (*path, "command"), found.command
        elif isinstance(found, Guide):
            where, text = (*path, "text"), found.text.text
        else:
            continue
        for match in _ASSIGNED.finditer(text):
            if PLACEHOLDER.search(match[2].lower()):
                yield Finding(where, f"{match[1]} is a value out of a guide", match.start(), len(match[0]))
