"""The text of a fresh runbook: it loads, lints clean and its test passes, and all of it is there to be changed."""

from __future__ import annotations

from datetime import date

from engine.primitives.names import check_book_id


def new_book(book_id: str, title: str, owner: str, today: date) -> str:
    """The YAML of a new runbook. Raises ValueError for an id that cannot be one."""
    check_book_id(book_id)
    return _TEXT.format(
        id=book_id,
        title=_quoted(title or book_id.replace("-", " ").capitalize()),
        owner=_quoted(owner or "backend"),
        today=today,
    )


def _quoted(text: str) -> str:
    return '"' + "".join(char for char in text if char.isprintable()).replace("\\", "\\\\").replace('"', '\\"') + '"'


_TEXT = """\
# yaml-language-server: $schema=../runbook.schema.json
version: 1
id: {id}
title: {title}
summary: "When this is the right runbook, in one sentence."
kind: incident                    # incident | maintenance | check
owner: {owner}
severity: P2                      # P0..P3; responders may raise it
review: {{last: {today}, every: 90d}}
symptoms:
  - {{id: not-healthy, say: "What somebody sees", when: not healthy}}
params:
  unit: {{type: string, default: linguamate-backend, pattern: "[a-z0-9@.-]+", help: The service}}
  port: {{type: integer, default: 8080, min: 1, max: 65535, help: Its port}}
checks:                           # named once, used by when, verify, check and symptoms
  healthy: {{http: {{get: "http://127.0.0.1:{{{{ port }}}}/api/", expect: {{status: 200}}}}}}
defaults: {{timeout: 60s, on_failure: stop}}
steps:
  - id: look
    title: Is it really so?
    check: healthy
    on_failure: continue
  - id: evidence
    when: not healthy
    evidence:
      - {{name: log, service: {{name: "{{{{ unit }}}}", get: logs, since: 30m}}, max: 5MB}}
      - {{name: disk, run: df -P}}
  - id: read-log
    when: not healthy
    guide: Look at the log. What happened just before?
    input: {{finding: {{type: text, label: What did you find?}}}}
    unattended: skip
  - id: restart
    title: Restart the service
    when: not healthy
    service: {{name: "{{{{ unit }}}}", do: restart}}
    witness: {{service: {{name: "{{{{ unit }}}}", get: started_at}}, changed: true}}
    verify: {{check: healthy, within: 60s, every: 1s, stay: 3s}}
    rollback: none — a restart has no way back
    on_failure: ask
tests:
  - name: a restart heals it
    hosts: {{web-1: {{healthy: [false, false, false, false, true]}}}}
    expect: {{outcome: succeeded, ran: [evidence, restart]}}
"""
