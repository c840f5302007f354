"""`run`: constant text, params beside it, honest ends."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.primitives.values import Value
from engine.reach.place import Captured, Completed, Ended, Place
from engine.words.run import Run
from engine.words.word import Deed, Status
from tests.support.scene import Scripted, Stage, exited


class Whole:
    """An output that is the whole of stdout, when there is any."""

    def take(self, name: str, text: str) -> Value:
        if not text.strip():
            raise ValueError(f"no {name} in the output")
        return text.strip()


def test_the_short_form_is_the_command(stage: Stage, local: Place) -> None:
    word = Run.model_validate("echo out; echo err >&2")
    assert word.effect == "change"
    assert word.perform(stage.scene(local)) == Deed("ok", exit=0, stdout="out\n")
    assert stage.shown == {"out": b"out\n", "err": b"err\n"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=200))
def test_params_arrive_byte_for_byte_and_never_run(stage: Stage, local: Place, value: str) -> None:
    deed = Run.model_validate("printf '%s' \"$unit\"").perform(stage.scene(local, {"unit": value}))
    assert deed.stdout == value


def test_bash_is_there_for_those_who_ask(stage: Stage, local: Place) -> None:
    word = Run.model_validate(
        {"command": 'set -o pipefail; it=(\'a b\' "$unit"); false | echo "${it[1]}"', "shell": "bash"}
    )
    deed = word.perform(stage.scene(local, {"unit": "it's"}))
    assert (deed.status, deed.exit) == ("failed", 1)
    assert stage.shown["out"] == b"it's\n"


@pytest.mark.parametrize("command", ["systemctl restart {{ unit }}", "echo {{incident.id}}"])
def test_a_template_in_a_command_is_refused_with_the_way_to_write_it(command: str) -> None:
    with pytest.raises(ValidationError, match=r'write "\$(unit|incident_id)"'):
        Run.model_validate(command)


def test_braces_of_other_tools_stay(stage: Stage, local: Place) -> None:
    assert Run.model_validate("echo '{{.Names}} {{json .}}'").perform(stage.scene(local)).status == "ok"
    assert stage.shown["out"] == b"{{.Names}} {{json .}}\n"


@pytest.mark.parametrize("command", ["", "  \n", "a\0b", "x" * 100_001])
def test_what_is_no_command_is_refused(command: str) -> None:
    with pytest.raises(ValidationError):
        Run.model_validate(command)


def test_exits_outside_allow_exit_fail_and_quote_the_last_words(stage: Stage, local: Place) -> None:
    word = Run.model_validate("echo first >&2; printf 'no \\033[31mdisk\\n' >&2; exit 3")
    deed = word.perform(stage.scene(local))
    assert deed == Deed("failed", "exit 3", "no \N{REPLACEMENT CHARACTER}[31mdisk", 3)
    assert word.perform(stage.scene(local, allow_exit=(0, 3))) == Deed("ok", "exit 3", exit=3)


@pytest.mark.parametrize(
    ("ended", "status"),
    [
        ("timed_out", "timed_out"),
        ("unreachable", "unreachable"),
        ("unknown", "unknown"),
        ("stopped", "failed"),
        ("refused", "failed"),
    ],
)
def test_every_end_has_its_status(stage: Stage, ended: Ended, status: Status) -> None:
    place = Scripted(Completed(ended, None, 1.0, Captured(b"half"), message=""))
    deed = Run.model_validate("true").perform(stage.scene(place))
    assert deed.status == status
    assert deed.message
    assert deed.exit is None


def test_outputs_come_from_stdout_and_a_missing_one_fails(stage: Stage, local: Place) -> None:
    word = Run.model_validate("echo 42; echo noise >&2")
    assert word.perform(stage.scene(local, outputs={"lsn": Whole()})).outputs == {"lsn": "42"}
    deed = Run.model_validate("true").perform(stage.scene(local, outputs={"lsn": Whole()}))
    assert deed == Deed("failed", "an output is missing", "lsn: no lsn in the output", 0)


def test_the_plan_shows_the_first_line(stage: Stage) -> None:
    word = Run.model_validate("\nset -e\nls\ntrue\n")
    assert word.show(stage.scene(Scripted(exited())).scope) == "set -e (+2 lines)"
