"""check, wait_for, notify, guide and use: what they decide and record."""

import pytest

from engine.primitives.clock import SimulatedClock
from engine.words.check import Check
from engine.words.guide import Guide
from engine.words.notify import Notify
from engine.words.use import Use
from engine.words.wait_for import WaitFor
from engine.words.word import Deed, Delivery, Observation
from incidents.vocabulary.run import NotificationSent
from tests.support.scene import Scripted, Stage, exited


@pytest.mark.parametrize(
    ("seen", "deed"),
    [
        (Observation(True, "up"), Deed("ok", "passed", "up")),
        (Observation(False, "down"), Deed("failed", "not passed", "down")),
        (Observation(None, "odd"), Deed("failed", "not decided", "odd")),
        (Observation(None, "no route", reached=False), Deed("unreachable", "not decided", "no route")),
    ],
)
def test_a_check_by_name_is_what_it_saw(stage: Stage, seen: Observation, deed: Deed) -> None:
    word = Check.model_validate("healthy")
    assert word.effect == "read"
    assert word.perform(stage.scene(Scripted(), observe=lambda name: seen)) == deed


def test_a_check_may_be_written_in_place(stage: Stage) -> None:
    word = Check.model_validate({"run": "test -e /srv"})
    deed = word.perform(stage.scene(Scripted(exited(1))))
    assert deed == Deed("failed", "not passed", "test -e /srv -> exit 1, expected 0")


def wait(stage: Stage, yaml: dict[str, object], *seen: bool | None) -> tuple[Deed, float]:
    clock = SimulatedClock()
    answers = list(seen)

    def observe(name: str) -> Observation:
        assert name == "healthy"
        passed = answers.pop(0)
        return Observation(passed, f"look {len(seen) - len(answers)}", reached=passed is not None)

    deed = WaitFor.model_validate(yaml).perform(stage.scene(Scripted(), observe=observe, clock=clock))
    return deed, clock.monotonic()


def test_wait_for_looks_until_it_holds(stage: Stage) -> None:
    yaml: dict[str, object] = {"check": "healthy", "within": "1m", "every": "5s"}
    assert wait(stage, yaml, False, None, True) == (Deed("ok", "after 10.0 s", "look 3"), 10.0)


def test_wait_for_looks_a_last_time_at_its_deadline(stage: Stage) -> None:
    yaml: dict[str, object] = {"check": "healthy", "within": "7s", "every": "5s"}
    deed, waited = wait(stage, yaml, False, False, False)
    assert deed == Deed("failed", "not within 7 s (3 looks)", "look 3")
    assert waited == 7.0


def test_wait_for_ends_unreachable_when_the_host_never_came(stage: Stage) -> None:
    deed, _ = wait(stage, {"check": "healthy", "within": "1s"}, None, None)
    assert deed.status == "unreachable"


def test_notify_tells_each_and_records_each(stage: Stage) -> None:
    word = Notify.model_validate({"to": ["backend", "oncall"], "message": "{{ incident.id }} is over"})
    none = Delivery(False, "no target configured", attempted=False)
    deliveries = {"backend": Delivery(True, "mail"), "oncall": none}
    deed = word.perform(stage.scene(Scripted(), {"incident.id": "INC-1"}, deliveries=deliveries))
    assert deed == Deed("ok", "told backend; not told: oncall (no target configured)", changed=True)
    assert stage.told == [("backend", "INC-1 is over"), ("oncall", "INC-1 is over")]
    assert stage.facts == [
        NotificationSent("backend", "INC-1 is over", True, "mail"),
        NotificationSent("oncall", "INC-1 is over", False, "no target configured"),
    ]


def test_a_target_that_did_not_take_it_is_a_failure(stage: Stage) -> None:
    word = Notify.model_validate({"to": ["backend"], "message": "x"})
    deed = word.perform(stage.scene(Scripted(), deliveries={"backend": Delivery(False, "smtp refused")}))
    assert deed == Deed("failed", "told nobody; not told: backend (smtp refused)", changed=False)


def test_nobody_to_send_to_is_no_failure(stage: Stage) -> None:
    none = Delivery(False, "no target configured", attempted=False)
    word = Notify.model_validate({"to": ["backend"], "message": "x"})
    assert word.perform(stage.scene(Scripted(), deliveries={"backend": none})).status == "ok"


def test_guide_and_use_are_never_performed(stage: Stage) -> None:
    scene = stage.scene(Scripted(), {"unit": "web"})
    guide = Guide.model_validate("Look at {{ unit }}.")
    assert guide.show(scene.scope) == "Look at web."
    with pytest.raises(RuntimeError, match="performed by a person"):
        guide.perform(scene)
    use = Use.model_validate({"book": "restart-service", "with": {"unit": "{{ unit }}"}})
    assert use.show(scene.scope) == "use restart-service"
    assert Use.model_validate("restart-service").book == "restart-service"
    with pytest.raises(RuntimeError, match="never performed"):
        use.perform(scene)
