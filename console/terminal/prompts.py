"""A person at this terminal who answers a run's questions; it decides nothing for them."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from console.terminal.signals import Signals
from console.terminal.view.paint import harmless
from console.terminal.view.screen import Screen
from engine.drive.people import compose
from engine.language.declared import Input
from incidents.event import Json
from incidents.folds.run import Question
from incidents.vocabulary.run import QuestionAnswered, QuestionAsked

LONGEST_LINE = 65536


class _Left(Exception):
    """The person wants to answer later."""


class Prompts:
    """An attendant. Ctrl-C, Ctrl-D or a lost terminal leaves the question open, and the run parks.

    `yes`: guides that ask for nothing are taken as done; what failed or is unknown is always asked about.
    """

    def __init__(self, screen: Screen, signals: Signals, *, yes: bool) -> None:
        self._screen, self._signals, self._yes = screen, signals, yes

    def answer(self, question: Question) -> QuestionAnswered | None:
        """The answer, or None to leave it open."""
        asked = question.asked
        if self._yes and asks_nothing(asked):
            return compose(question, "done", {}, "--yes")
        if self._signals.stopped:
            return None
        self._signals.prompting = True
        try:
            self._show(asked)
            choice = self._choice(asked)
            values = {} if choice == "skip" else self._values(asked.inputs)
            return compose(question, choice, values, "")
        except (_Left, KeyboardInterrupt):
            self._screen.block()
            return None
        finally:
            self._signals.prompting = False

    def _show(self, asked: QuestionAsked) -> None:
        self._screen.block(f"\n? {harmless(asked.text)}")
        for name, fact in asked.facts.items():
            self._screen.block(f"  {name.replace('_', ' ')}: {harmless(str(fact))}")

    def _choice(self, asked: QuestionAsked) -> str:
        """One of the choices, by as much of it as is unlike the others. Enter alone is only ever `done`."""
        usual = "done" if "done" in asked.choices else ""
        offer = " / ".join(asked.choices) + (f" [{usual}]" if usual else "")
        while True:
            typed = self._line(f"  {offer}: ").lower() or usual
            found = [choice for choice in asked.choices if typed and choice.startswith(typed)]
            if typed in asked.choices or len(found) == 1:
                return typed if typed in asked.choices else found[0]
            self._screen.block(f"  Type one of: {', '.join(asked.choices)}. Ctrl-C leaves it for later.")

    def _values(self, inputs: Mapping[str, Json]) -> dict[str, str]:
        values = {}
        for name, rule in inputs.items():
            field = Input.model_validate(rule)
            typed = self._value(name, field)
            if typed:
                values[name] = typed
        return values

    def _value(self, name: str, field: Input) -> str:
        kind = "/".join(field.choices) if field.choices else "yes/no" if field.type == "bool" else field.type
        optional = "" if field.required else ", may be empty"
        while True:
            typed = self._line(f"  {field.label or name} ({kind}{optional}): ")
            if not typed and not field.required:
                return ""
            try:
                if not typed:
                    raise ValueError("an answer is needed")
                field.parse(typed)
            except ValueError as wrong:
                self._screen.block(f"  {wrong}")
            else:
                return typed

    def _line(self, prompt: str) -> str:
        self._screen.prompt(harmless(prompt))
        try:
            line = sys.stdin.readline(LONGEST_LINE)
        except OSError:
            line = ""
        if not line:
            raise _Left
        return line.strip()


def asks_nothing(asked: QuestionAsked) -> bool:
    """A guide that wants no values: reading it is all."""
    return asked.about == "guide" and not asked.inputs
