"""Conditions as values: comparisons, and, or, not and in over named values, evaluated and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as Choice

from engine.primitives.names import Mention
from engine.primitives.values import Value

Lookup = Callable[[str], Value | None]
"""The value of a name; None when it is not known (a check that could not be decided, an output never made)."""
Kind = Choice["text", "a number", "true or false"]
Operator = Choice["==", "!=", "<", "<=", ">", ">="]


class ExpressionError(ValueError):
    """What is wrong with a condition, and at which character (from 0)."""

    def __init__(self, message: str, column: int) -> None:
        super().__init__(message)
        self.column = column


class Unlike(ExpressionError):
    """Values of unlike types met: text with a number, say."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: Value
    column: int


@dataclass(frozen=True, slots=True)
class Name:
    """A value looked up."""

    name: str
    column: int


@dataclass(frozen=True, slots=True)
class Not:
    """True when its operand is false."""

    operand: Node
    column: int


@dataclass(frozen=True, slots=True)
class Every:
    """True when all of two or more operands are."""

    operands: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Some:
    """True when one of two or more operands is."""

    operands: tuple[Node, ...]
    column: int


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one type; only numbers have an order."""

    operator: Operator
    left: Node
    right: Node
    column: int


@dataclass(frozen=True, slots=True)
class Among:
    """True when the value equals one of the literals."""

    operand: Node
    options: tuple[Literal, ...]
    column: int


Node = Literal | Name | Not | Every | Some | Compare | Among


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed condition that keeps its text. `mentions` are the names it uses, in order, where they stand."""

    text: str
    root: Node
    mentions: tuple[Mention, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Each name once, in order."""
        return tuple(dict.fromkeys(mention.name for mention in self.mentions))

    def evaluate(self, lookup: Lookup) -> bool | None:
        """True, false, or None when an unknown value decides. Names are asked from left to right, and only when
        the answer hangs on them. Raises Unlike; what `lookup` raises goes through.
        """
        return _truth(self.root, lookup)

    def check(self, kinds: Callable[[str], Kind | None]) -> None:
        """Raises Unlike when values of these kinds could never be compared as the condition says; None fits all."""
        _must_be_truth(_kind_of(self.root, kinds), self.root.column)

    def __str__(self) -> str:
        return self.text


def kind(value: Value) -> Kind:
    """The word people read for a value's type."""
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"


def _truth(node: Node, lookup: Lookup) -> bool | None:
    value = _value(node, lookup)
    _must_be_truth(None if value is None else kind(value), node.column)
    assert value is None or isinstance(value, bool)
    return value


def _must_be_truth(kind_: Kind | None, column: int) -> None:
    if kind_ not in (None, "true or false"):
        raise Unlike(f"this is {kind_}, but a condition needs true or false; compare it with something", column)


def _must_compare(operator: Operator, left: Kind | None, right: Kind | None, column: int) -> None:
    if left is None or right is None:
        return
    if left != right:
        raise Unlike(f"{left} cannot be compared with {right}", column)
    if operator not in ("==", "!=") and left != "a number":
        raise Unlike(f"{operator} is for numbers, this is {left}; use == or in", column)


def _kind_of(node: Node, kinds: Callable[[str], Kind | None]) -> Kind | None:
    match node:
        case Literal(value):
            return kind(value)
        case Name(name):
            return kinds(name)
        case Not(operand):
            _must_be_truth(_kind_of(operand, kinds), operand.column)
        case Every(operands) | Some(operands):
            for operand in operands:
                _must_be_truth(_kind_of(operand, kinds), operand.column)
        case Compare(operator, left, right, column):
            _must_compare(operator, _kind_of(left, kinds), _kind_of(right, kinds), column)
        case Among(operand, options, column):
            for option in options:
                _must_compare("==", _kind_of(operand, kinds), kind(option.value), column)
    return "true or false"


def _value(node: Node, lookup: Lookup) -> Value | None:
    match node:
        case Literal(value):
            return value
        case Name(name):
            return lookup(name)
        case Not(operand):
            truth = _truth(operand, lookup)
            return None if truth is None else not truth
        case Every(operands):
            return _decide(operands, lookup, decisive=False)
        case Some(operands):
            return _decide(operands, lookup, decisive=True)
        case Compare(operator, left, right, column):
            return _compare(operator, _value(left, lookup), _value(right, lookup), column)
        case Among(operand, options, column):
            member = _value(operand, lookup)
            equal = [_compare("==", member, option.value, column) for option in options]
            return None if None in equal else any(equal)


def _decide(operands: tuple[Node, ...], lookup: Lookup, *, decisive: bool) -> bool | None:
    answer: bool | None = not decisive
    for operand in operands:
        truth = _truth(operand, lookup)
        if truth is decisive:
            return decisive
        if truth is None:
            answer = None
    return answer


def _compare(operator: Operator, left: Value | None, right: Value | None, column: int) -> bool | None:
    if left is None or right is None:
        return None
    _must_compare(operator, kind(left), kind(right), column)
    if operator == "==":
        return left == right
    if operator == "!=":
        return left != right
    assert not isinstance(left, str) and not isinstance(right, str)
    match operator:
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case ">=":
            return left >= right
