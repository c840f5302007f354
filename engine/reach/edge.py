"""The edge: turns a command into the text a shell reads from stdin; the only module that reveals secrets.

Everything is one compound command, so that a connection cut while it is sent runs none of it. Values are quoted
once, in single quotes; the author's script is quoted too and evaluated, so that no brace or quote in it can reach
the wrapper. No here-documents: bash would write their values to a file in /tmp.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.reach.place import Become, Command, Request
from incidents.secret import Secret

MARK = "WATCHBOOK_ACT"
"""The environment variable every process of a command carries, so that what left its group can be found."""

NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
USER = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*\$?", re.ASCII)
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
VALUE = re.compile(r"[\t\x20-\x7e\xa0-\xff]*")
URL = re.compile(r"https?://[\x21-\x7e]+")
METHOD = re.compile(r"[A-Z]{1,20}")
LONGEST = 131_072
"""Bytes Linux allows one environment string, with its name, the equals sign and the closing NUL."""
MOST = 1 << 20
"""Bytes of all variables together: the kernel's own limit is near, and its error does not name the variable."""


class Unsendable(ValueError):
    """A command that cannot be sent whole; it was not started. The text says which part, and why."""


@dataclass(frozen=True, slots=True)
class Act:
    """A command ready to send: `text` goes to the stdin of `exec sh -s` and is shown to nobody.

    The wrapper says `NONCE PID` on stderr `heralds` times, then `NONCE` on stdout; only then does the script begin.
    """

    nonce: str
    heralds: int
    text: bytes = field(repr=False)


def act(command: Command) -> Act:
    """The text of a command. Raises Unsendable."""
    nonce = secrets.token_hex(16)
    body = _body(command, nonce)
    if command.become is None:
        return Act(nonce, 1, b"{ " + _herald(nonce) + body + b"}\n")
    return Act(nonce, 2, b"{ " + _herald(nonce) + _as_user(command.become, nonce, body) + b"}\n")


def plain_headers(request: Request) -> dict[str, str]:
    """The headers as they go over the wire. Raises Unsendable, which names no value."""
    plain = {name: _reveal(value) if isinstance(value, Secret) else value for name, value in request.headers.items()}
    for name, value in plain.items():
        if not HEADER.fullmatch(name) or not VALUE.fullmatch(value):
            raise Unsendable(f"the header {name!r} or its value holds characters that no header can")
    return plain


def request_texts(request: Request) -> dict[str, str]:
    """The request for each program that can ask it: lines for ours, a config for curl, a config and a list for wget.

    They go to private files on the host, since a URL holds params and a header may hold a secret. Raises Unsendable.
    """
    headers = [f"{name}: {value}" for name, value in plain_headers(request).items()]
    if not URL.fullmatch(request.url):
        raise Unsendable(f"{request.url!r} is not an http:// or https:// address")
    if not METHOD.fullmatch(request.method):
        raise Unsendable(f"{request.method!r} is not an HTTP method")
    options = [("url", request.url), ("request", request.method), *(("header", header) for header in headers)]
    escaped = ((name, text.replace("\\", "\\\\").replace('"', '\\"')) for name, text in options)
    return {
        "request": "\n".join([request.method, request.url, *headers, "", ""]),
        "curl": "".join(f'{name} = "{text}"\n' for name, text in escaped),
        "wget": "".join(f"header = {header}\n" for header in headers),
        "urls": f"{request.url}\n",
    }


def as_text(name: str, data: bytes) -> str:
    """Bytes as the text that a shell can carry. Raises Unsendable."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Unsendable(f"{name} is not text in UTF-8") from None


def _reveal(secret: Secret) -> str:
    return secret.reveal()


def _body(command: Command, nonce: str) -> bytes:
    """Announces itself on stdout, lets go of the text's stdin, exports, runs the script, keeps its exit status."""
    lines = [
        b"printf '%s\\n' " + nonce.encode(),
        b"exec </dev/null",
        b"export " + f"{MARK}={nonce} ".encode() + _assignments(command.variables),
    ]
    script = b"eval " + _quote("the script", command.script)
    if command.secrets:
        lines += [_private_folder(command.secrets, nonce), b"(" + script + b")"]
    else:
        lines += [script]
    return b"\n".join([*lines, b"exit", b""])


def _herald(nonce: str) -> bytes:
    return f"printf '%s %s\\n' {nonce} $$ >&2\n".encode()


def _as_user(become: Become, nonce: str, body: bytes) -> bytes:
    """Pipes the text through sudo: what is exported outside would be dropped, and argv would show it."""
    if not USER.fullmatch(become.user):
        raise Unsendable(f"become: {become.user!r} is not a user name")
    inner = b"{ " + _herald(nonce) + body + b"}\n"
    text = b"printf '%s' " + _quote("the script", inner.decode())
    sudo = f" | sudo -n -u {become.user} -- env {MARK}={nonce} sh -s\n".encode()
    return _BUILTIN_PRINTF + text + sudo + b"exit\n"


def _assignments(variables: Mapping[str, str]) -> bytes:
    pairs = []
    total = 0
    for name, value in variables.items():
        _check_name(name)
        quoted = _quote(name, value)
        size = len(name) + len(value.encode()) + 2
        total += size
        if size > LONGEST:
            raise Unsendable(f"{name} holds {size:,} bytes, and a variable can have {LONGEST:,}; pass a file instead")
        pairs.append(name.encode() + b"=" + quoted)
    if total > MOST:
        raise Unsendable(f"the variables hold {total:,} bytes together, and {MOST:,} is the most; pass a file instead")
    return b" ".join(pairs)


def _private_folder(held: Mapping[str, Secret], nonce: str) -> bytes:
    """Makes the folder in the first place that takes all of the files, and removes it however the shell ends."""
    folder = f"$wb_root/watchbook-{nonce}"
    writes = []
    names = []
    for name, secret in held.items():
        _check_name(name)
        writes.append(b"printf '%s' " + _quote(f"secret {name}", _reveal(secret)) + f' >"{folder}/{name}"'.encode())
        names.append(f'{name}_file="$wb_dir/{name}"')
    return (
        _BUILTIN_PRINTF
        + f"""wb_dir=
for wb_root in {PRIVATE_ROOTS}; do
case $wb_root in /*) ;; *) continue ;; esac
trap 'rm -rf "{folder}"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
if (umask 077 && mkdir "{folder}" && """.encode()
        + b" && ".join(writes)
        + f""") 2>/dev/null; then wb_dir={folder}; break; fi
rm -rf "{folder}"
trap - EXIT HUP INT TERM
done
if [ -z "$wb_dir" ]; then
echo 'watchbook: secrets need a private folder: none of $XDG_RUNTIME_DIR, /run/user, /dev/shm, $TMPDIR takes them' >&2
exit 73
fi
export {" ".join(names)}""".encode()
    )


PRIVATE_ROOTS = '"${XDG_RUNTIME_DIR:-}" "/run/user/$(id -u)" /dev/shm "${TMPDIR:-}"'
"""Where secrets may lie for a moment, best first, as shell words: memory before disk, and never a shared /tmp."""

_BUILTIN_PRINTF = b"""case $(command -v printf) in
printf) ;;
*) echo 'watchbook: this sh has no printf of its own, so that values would show in ps; use dash, bash or busybox' >&2
exit 69 ;;
esac
"""


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Unsendable(f"{name!r} is not a variable name: lower-case letters, digits and underscores")


def _quote(name: str, text: str) -> bytes:
    """In single quotes, where no shell looks at anything but the closing one."""
    if "\0" in text:
        raise Unsendable(f"{name} holds a NUL byte, which no shell can take")
    try:
        return b"'" + text.encode().replace(b"'", b"'\\''") + b"'"
    except UnicodeEncodeError as wrong:
        raise Unsendable(f"{name} holds text that is no Unicode: {wrong.reason}") from None
