"""What a host must have for steps to run well on it, looked at in one go; any place will do."""

from __future__ import annotations

from dataclasses import dataclass

from engine.reach.place import Become, Command, Place
from engine.reach.shell_place import nobody

CLOCK_OFF = 2.0
"""Seconds a clock may differ before timelines mislead."""

_LOOK = """
can() { command -v "$1" >/dev/null 2>&1; }
first() { for name; do if can "$name"; then echo "$name"; return; fi; done; }
writes() {
  for root; do
    case $root in /*) ;; *) continue ;; esac
    if (umask 077 && mkdir "$root/watchbook-check-$$" && printf x >"$root/watchbook-check-$$/x") 2>/dev/null; then
      rm -rf "$root/watchbook-check-$$"
      echo "$root"
      return
    fi
    rm -rf "$root/watchbook-check-$$" 2>/dev/null
  done
}
echo "user $(id -un)"
echo "system $(uname -sr)"
echo "shell ${SHELL:-}"
echo "printf $(command -v printf)"
echo "private $(writes "${XDG_RUNTIME_DIR:-}" "/run/user/$(id -u)" /dev/shm "${TMPDIR:-}")"
state="${XDG_STATE_HOME:-$HOME/.local/state}"
echo "state $(mkdir -p "$state" 2>/dev/null; writes "$state")"
echo "session $(first setsid perl bash)"
echo "digest $(first sha256sum shasum openssl)"
echo "http $(first python3 curl wget)"
echo "processes $(if [ -r /proc/self/stat ]; then echo /proc; else first ps; fi)"
"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `ok` is None when it is only worth knowing; `hint` is what mends it."""

    about: str
    ok: bool | None
    said: str
    hint: str = ""


def examine(place: Place, become: Become | None = None) -> list[Finding]:
    """Everything, or the one reason why nothing could be looked at."""
    looked = place.run(Command(_LOOK, "what is here?", timeout=20.0), nobody)
    if looked.ended != "exited":
        return [Finding("connection", False, looked.message)]
    said = dict(line.partition(" ")[::2] for line in looked.out.text.splitlines())
    return [
        Finding("connection", True, f"{said.get('user', '?')}, {said.get('system', '?')}, in {looked.seconds:.2f} s"),
        Finding("shell", None, said.get("shell", "")),
        _needed("sh", said.get("printf") == "printf", "has its own printf", "make sh dash, bash or busybox"),
        _found(
            "secrets", said.get("private", ""), "a place that only this user can read: $XDG_RUNTIME_DIR or /dev/shm"
        ),
        _found("state", said.get("state", ""), "a state folder that can be written: ~/.local/state"),
        _found("sessions", said.get("session", ""), "setsid, perl or bash: apt-get install util-linux"),
        _found("digests", said.get("digest", ""), "sha256sum, shasum or openssl"),
        _found("processes", said.get("processes", ""), "/proc or ps, to see that a stopped step is gone"),
        Finding("http", None, said.get("http") or "nothing: http steps need from: controller"),
        _sudo(place, become or Become()),
        _clock(place),
    ]


def _needed(about: str, ok: bool, said: str, hint: str) -> Finding:
    return Finding(about, ok, said if ok else f"no: {said}", "" if ok else hint)


def _found(about: str, said: str, hint: str) -> Finding:
    return Finding(about, bool(said), said or "nothing found", "" if said else hint)


def _sudo(place: Place, become: Become) -> Finding:
    """Not having it is no fault: only steps with become need it."""
    asked = place.run(Command("id -un", "sudo", become=become, timeout=10.0), nobody)
    if asked.ended == "exited" and asked.exit == 0:
        return Finding("sudo", True, f"to {asked.out.text.strip()}, without a password")
    return Finding("sudo", None, asked.message or f"exit {asked.exit}")


def _clock(place: Place) -> Finding:
    offset = place.facts().clock_offset
    if offset is None:
        return Finding("clock", None, "unknown")
    ok = abs(offset) <= CLOCK_OFF
    return Finding("clock", ok, f"{offset:+.2f} s from ours", "" if ok else "set it by NTP: timedatectl set-ntp true")
