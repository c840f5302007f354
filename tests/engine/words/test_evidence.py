"""`evidence`: hashed on both sides, cut and counted, one failure apart from the others; under each shell."""

import hashlib
import time
from pathlib import Path

import pytest
from pydantic import ValidationError

from engine.inventory.host import Host, ServiceEntry
from engine.primitives.clock import RealClock
from engine.reach.local import LocalReach
from engine.reach.place import Completed, Place
from engine.words.evidence import Evidence
from incidents.vocabulary.run import EvidenceKept
from tests.engine.words.conftest import Web
from tests.support.scene import Scripted, Stage


def kept(stage: Stage) -> dict[str, EvidenceKept]:
    return {fact.name: fact for fact in stage.facts if isinstance(fact, EvidenceKept)}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_each_item_is_hashed_on_both_sides(stage: Stage, local: Place, shell: str, tmp_path: Path) -> None:
    data = bytes(range(256)) * 300
    path = tmp_path / "it's; a $(file)"
    path.write_bytes(data)
    word = Evidence.model_validate(
        [
            {"name": "listeners", "run": "printf '%s\\n' \"$unit\"; echo noise >&2"},
            {"name": "bytes", "file": "{{ path }}"},
            {"name": "nothing", "run": "true"},
        ]
    )
    assert word.effect == "read"
    deed = word.perform(stage.scene(local, {"unit": "web", "path": str(path)}))
    assert (deed.status, deed.message) == ("ok", "3 kept")
    assert stage.kept == {"listeners": b"web\n", "bytes": data, "nothing": b""}
    for name, content in stage.kept.items():
        fact = kept(stage)[name]
        assert (fact.length, fact.cut) == (len(content), 0)
        assert fact.sha256 == fact.host_sha256 == sha256(content)
        assert fact.output == f"step/web-1/1/{name}"
        assert fact.clock_offset == 0.0
    assert kept(stage)["bytes"].source == str(path)


def test_what_is_too_large_is_cut_and_the_cut_is_counted(
    stage: Stage, local: Place, shell: str, tmp_path: Path
) -> None:
    data = b"".join(b"line %06d\n" % number for number in range(40_000))
    (tmp_path / "log").write_bytes(data)
    word = Evidence.model_validate(
        [
            {"name": "head", "run": f"cat '{tmp_path}/log'", "max": "100KB"},
            {"name": "tail", "file": f"{tmp_path}/log", "max": "100KB"},
        ]
    )
    assert word.perform(stage.scene(local)).status == "ok"
    assert stage.kept == {"head": data[:100_000], "tail": data[-100_000:]}
    for fact in kept(stage).values():
        assert (fact.length, fact.cut) == (100_000, len(data) - 100_000)
        assert fact.sha256 == fact.host_sha256 == sha256(stage.kept[fact.name])


def test_a_failure_loses_nothing_else(stage: Stage, local: Place, shell: str) -> None:
    word = Evidence.model_validate(
        [
            {"name": "gone", "file": "/nowhere/at/all"},
            {"name": "half", "run": "echo half; echo 'no more' >&2; exit 3"},
            {"name": "fine", "run": {"command": "echo fine; exit 127"}, "allow_exit": [0, 127]},
        ]
    )
    deed = word.perform(stage.scene(local))
    assert (deed.status, deed.message) == ("failed", "2 of 3 not collected")
    assert deed.quote == "gone: exit 1: /nowhere/at/all is no regular file; half: exit 3: no more"
    assert stage.kept == {"half": b"half\n", "fine": b"fine\n"}


def test_an_item_that_hangs_takes_only_its_share(stage: Stage, local: Place) -> None:
    word = Evidence.model_validate(
        [{"name": "hangs", "run": "echo so far; sleep 30"}, {"name": "fine", "run": "echo fine"}]
    )
    began = time.monotonic()
    deed = word.perform(stage.scene(local, timeout=6.0, clock=RealClock()))
    assert time.monotonic() - began < 5
    assert deed.quote == "hangs: it took too long; kept is what it said until then"
    assert stage.kept == {"hangs": b"so far\n", "fine": b"fine\n"}
    assert kept(stage)["hangs"].host_sha256 == sha256(b"so far\n")


def test_the_log_of_a_service(stage: Stage, shell: str, tmp_path: Path) -> None:
    lines = [f"{number} something happened\n" for number in range(500)]
    (tmp_path / "echo.log").write_text("".join(lines))
    entry = ServiceEntry(str(tmp_path / "echo.pid"), "false", str(tmp_path / "echo.log"))
    place = LocalReach().place(Host("local", services={"echo": entry}))
    word = Evidence.model_validate([{"name": "log", "service": {"name": "echo", "get": "logs", "lines": 3}}])
    assert word.perform(stage.scene(place)).status == "ok"
    assert stage.kept == {"log": "".join(lines[-3:]).encode()}
    assert kept(stage)["log"].source == "logs of service echo"


def test_an_answer_is_kept_whatever_its_status(stage: Stage, local: Place, web: Web) -> None:
    web.answers["/"] = (500, {}, b"x" * 5000)
    word = Evidence.model_validate([{"name": "page", "http": {"get": f"http://127.0.0.1:{web.port}/"}, "max": "1KB"}])
    assert word.perform(stage.scene(local)).status == "ok"
    fact = kept(stage)["page"]
    assert (fact.length, fact.cut, fact.host_sha256) == (1000, 4000, "")
    assert fact.sha256 == sha256(b"x" * 1000)


def test_what_was_changed_on_the_way_is_kept_and_said(stage: Stage, local: Place) -> None:
    class Damaging:
        def __getattr__(self, name: str) -> object:
            return getattr(local, name)

        def run(self, command: object, sink: object) -> Completed:
            return local.run(command, lambda stream, data: sink(stream, data.replace(b"a", b"b")))  # type: ignore[arg-type,operator]

    word = Evidence.model_validate([{"name": "it", "run": "echo a"}])
    deed = word.perform(stage.scene(Damaging()))  # type: ignore[arg-type]
    assert deed.quote == "it: what arrived is not what lay on the host"
    assert stage.kept == {"it": b"b\n"}
    assert kept(stage)["it"].host_sha256 == sha256(b"a\n")


def test_an_unreachable_host_ends_it(stage: Stage) -> None:
    place = Scripted(Completed("unreachable", None, 1.0, message="no route"))
    word = Evidence.model_validate([{"name": "one", "run": "true"}, {"name": "two", "run": "true"}])
    deed = word.perform(stage.scene(place))
    assert (deed.status, deed.message, deed.quote) == ("unreachable", "0 of 2 kept", "no route")


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ([], "at least 1 item"),
        ([{"name": "a", "run": "true", "file": "/x"}], "run and file are given"),
        ([{"name": "a", "run": "true"}, {"name": "a", "run": "false"}], "two items are called a"),
        ([{"name": "../a", "run": "true"}], "not a name here"),
        ([{"name": "a", "run": "true", "max": "1GB"}], "less than or equal"),
        ([{"name": "a", "http": {"get": "http://x/", "expect": {"status": 200}}}], "Extra inputs"),
    ],
)
def test_wrong_evidence_is_refused(yaml: object, said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Evidence.model_validate(yaml)
