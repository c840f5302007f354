"""A run that does its worst with secrets: none of them is in a file of the ledger, on the terminal, or in a process."""

from __future__ import annotations

import base64
import os
import secrets
import sqlite3
import subprocess
import threading
import zlib
from contextlib import closing
from pathlib import Path
from urllib.parse import quote
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
BOOK = r"""
version: 1
id: leaky
title: Says every secret it knows
kind: check
owner: nobody
secrets:
  token: {from: "env:LEAKY_TOKEN"}
params:
  word: {type: string, default: hello}
steps:
  - id: shout
    effect: read
    run: |
      token=$(cat "$token_file")
      echo "plain $token"; echo "err $token" >&2
      begin=$(printf %s "$token" | cut -c1-7) end=$(printf %s "$token" | cut -c8-)
      printf 'colour \033[31m%s\033[0m%s\033[1m\n' "$begin" "$end"
      printf 'in pieces %s' "$begin"; sleep 0.8; echo "$end"
      printf 'folded '; printf %s "$token" | fold -w 7; echo
      printf %s "user:$token" | base64 -w 12
      printf %s "$token" | od -An -tx1 | tr -d ' \n'; echo
  - id: make
    outputs: {fresh: {pattern: "fresh=(.+)", secret: true}}
    effect: read
    run: 'echo "fresh=$(cat "$word_source")"'
  - id: use
    effect: read
    run: 'echo "made: $(cat "$fresh_file") $fresh"; sleep 2'
  - id: fail
    effect: read
    on_failure: continue
    run: 'echo "cannot log in with $(cat "$token_file") or $(cat "$fresh_file")" >&2; exit 3'
  - id: keep
    evidence:
      - {name: config, run: 'cat "$token_file" "$fresh_file"'}
"""


class Watcher(threading.Thread):
    """Samples every process' arguments and environment while the run goes on."""

    def __init__(self, needles: list[bytes]) -> None:
        super().__init__(daemon=True)
        self.needles, self.over = needles, threading.Event()
        self.seen: list[str] = []
        self.samples = 0

    def run(self) -> None:
        while not self.over.wait(0.05):
            for folder in Path("/proc").glob("[0-9]*"):
                for name in ("cmdline", "environ"):
                    try:
                        data = (folder / name).read_bytes()
                    except OSError:
                        continue
                    self.samples += 1
                    # Our own child is given the token in its environment: that is where the reference points.
                    if any(needle in data.replace(b"LEAKY_TOKEN=" + self.needles[0], b"") for needle in self.needles):
                        self.seen.append(f"{folder.name}/{name}")


@pytest.mark.timeout(180)
def test_no_secret_survives(tmp_path: Path) -> None:
    token, fresh = f"S3C/{secrets.token_hex(10)}+x=", f"fr3sh-{secrets.token_hex(10)}"
    (tmp_path / "fresh").write_text(fresh)
    books = tmp_path / "books"
    books.mkdir()
    (books / "leaky.yaml").write_text(BOOK.replace('"$word_source"', str(tmp_path / "fresh")))
    home = tmp_path / "var"
    env = os.environ | {"WATCHBOOK_HOME": str(home), "WATCHBOOK_RUNBOOKS": str(books), "LEAKY_TOKEN": token}
    env.pop("WATCHBOOK_HOSTS", None)
    watcher = Watcher([token.encode(), fresh.encode()])
    watcher.start()
    said = [inv(env, "leaky", "--hosts", "local", "--json")]
    watcher.over.set()
    watcher.join(10)
    said += [inv(env, "run.show", "--step", step) for step in ("shout", "make", "use", "fail")]
    for arguments in (["run.show", "--json"], ["incident.show", "--all"], ["incident.report", "--out", "-"],
                      ["incident.report", "--format", "html", "--out", "-"], ["incident.export", "--out",
                       str(tmp_path / "x.zip")], ["ledger.backup"]):  # fmt: skip
        said.append(inv(env, *arguments))

    assert "stored with secrets covered, SHA-256" in said[7], "custody says what was done to the evidence"
    assert "collected 20" in said[7]
    for what in ((), (str(tmp_path / "x.zip"),)):
        assert inv(env, "incident.verify", *what).startswith("whole\n"), "seals are of what is stored"
    assert inv(env, "ledger.check").startswith("whole")
    assert watcher.samples > 100
    assert watcher.seen == []
    shout = said[1]
    for line in ("plain", "err", "in pieces", "folded"):
        assert f"{line} [secret leaky.token]" in shout, shout
    assert "made: [secret fresh] " in said[3]
    assert "fresh" not in said[2], "only length and digest of what made the secret are kept"
    forms = [form for value in (token, fresh) for form in all_forms(value)]
    for number, text in enumerate(said):
        assert not [form for form in forms if form in text.encode()], (number, text)
    for path in [path for path in home.rglob("*") if path.is_file()]:
        data = path.read_bytes()
        assert not [form for form in forms if form in data], path
    for path in [home / "ledger.db", *(home / "backups").iterdir()]:
        with closing(sqlite3.connect(path)) as db:
            blobs = [zlib.decompress(packed) for (packed,) in db.execute("SELECT packed FROM blobs")]
        assert blobs
        assert not [form for form in forms for blob in blobs if form in blob.replace(b"\n", b"")], path
    with ZipFile(tmp_path / "x.zip") as bundle:
        for name in bundle.namelist():
            assert not [form for form in forms if form in bundle.read(name).replace(b"\n", b"")], name


def inv(env: dict[str, str], *arguments: str) -> str:
    """All that one command says; it may fail, as the run does."""
    done = subprocess.run(
        [ROOT / "inv", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, timeout=90, check=False
    )
    return done.stdout + done.stderr


def all_forms(value: str) -> list[bytes]:
    """The value as it is and as encoders write it, with what base64 has of it wherever it stands."""
    raw = value.encode()
    cores = [base64.b64encode(b"x" * before + raw)[4:-4] for before in range(3)]
    return [raw, raw.hex().encode(), raw.hex().upper().encode(), quote(value, safe="").encode(), *cores]
