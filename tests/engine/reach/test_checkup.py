"""A look at a host: everything is there, something is missing, nothing can be looked at."""

import pytest

from engine.inventory.host import Host
from engine.primitives.clock import SimulatedClock
from engine.reach.checkup import examine
from engine.reach.place import HostFacts, Place
from engine.reach.rehearsal import Answer, RehearsalPlace, Script

WEB = Host("web", "10.0.0.1")
WELL = (
    b"user deploy\nsystem Linux 6\nprintf printf\nprivate /dev/shm\nstate /x\n"
    b"session setsid\ndigest sha256sum\nprocesses /proc\n"
)


def looked(answer: Answer, offset: float = 0.0) -> dict[str, tuple[bool | None, str]]:
    script = Script({"what is here?": [answer]}, HostFacts("b", "m", offset))
    return {found.about: (found.ok, found.hint) for found in examine(RehearsalPlace(WEB, script, SimulatedClock()))}


def test_this_machine_has_what_steps_need(shell: str, local: Place) -> None:
    found = {finding.about: finding for finding in examine(local)}
    for about in ("connection", "sh", "secrets", "sessions", "digests", "processes", "clock"):
        assert found[about].ok, found[about]


def test_what_is_missing_comes_with_what_mends_it() -> None:
    found = looked(Answer(out=b"user deploy\nprintf /usr/bin/printf\n"), offset=-90.0)
    for about in ("sh", "secrets", "state", "sessions", "digests", "processes", "clock"):
        assert found[about][0] is False
        assert found[about][1]


def test_a_good_host_has_no_hints() -> None:
    assert not [about for about, (ok, hint) in looked(Answer(out=WELL)).items() if hint or ok is False]


@pytest.mark.parametrize("ended", ["unreachable", "timed_out"])
def test_a_host_that_cannot_be_asked_has_one_finding(ended: str) -> None:
    assert looked(Answer(ended=ended)) == {"connection": (False, "")}  # type: ignore[arg-type]
