"""Conditions: a tiny grammar of comparisons, and, or, not, in; parsed once, evaluated over named values, nothing else.

any   = all {"or" all}                 all     = not {"and" not}
not   = "not" not | comparison         operand = name | literal | "(" any ")"
comparison = operand [("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "[" literal {"," literal} "]"]
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal as Choice

from engine.primitives.names import DOTTED, Mention
from engine.primitives.values import Value

LONGEST = 1000
DEEPEST = 20

Lookup = Callable[[str], Value | None]
"""The value of a name; None when it is not known (a check that could not be decided, an output never made)."""
Kind = Choice["text", "a number", "true or false"]
Operator = Choice["==", "!=", "<", "<=", ">", ">="]

_TOKEN = re.compile(
    rf"""\s*(?:
      (?P<name>(?:{DOTTED})(?![\w.]))
    | (?P<number>-?[0-9]{{1,18}}(?:\.[0-9]{{1,18}})?(?![\w.]))
    | (?P<text>"[^"\n]*"|'[^'\n]*')
    | (?P<sign>==|!=|<=|>=|<|>|\(|\)|\[|\]|,)
    )""",
    re.VERBOSE,
)
_INSTEAD = {"&&": "and", "||": "or", "!": "not", "=": "=="}
_COMPARISONS: tuple[Operator, ...] = ("==", "!=", "<", "<=", ">", ">=")


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


def parse(text: str) -> Expression:
    """Reads a condition. Raises ExpressionError with the column of the first thing that is wrong."""
    if len(text) > LONGEST:
        raise ExpressionError(f"a condition may have {LONGEST} characters, this one has {len(text)}", LONGEST)
    parser = _Parser(text, _tokens(text))
    root = parser.whole()
    return Expression(text, root, tuple(parser.mentions))


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


@dataclass(frozen=True, slots=True)
class _Token:
    type: str
    text: str
    column: int


def _tokens(text: str) -> list[_Token]:
    tokens = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise _unreadable(text, at + len(text[at:]) - len(text[at:].lstrip()))
        type_ = match.lastgroup or ""
        tokens.append(_Token(type_, match[type_], match.start(type_)))
        at = match.end()
    return [*tokens, _Token("end", "", len(text))]


def _unreadable(text: str, at: int) -> ExpressionError:
    for wrong, right in _INSTEAD.items():
        if text.startswith(wrong, at):
            return ExpressionError(f"{wrong!r} is written {right!r} in a condition", at)
    if text[at] in "'\"":
        return ExpressionError("this text has no closing quote", at)
    if word := re.match(r"[\w.$-]+", text[at:]):
        return ExpressionError(f"{word[0][:40]!r} is not a name or a number; quote text", at)
    return ExpressionError(f"{text[at]!r} has no meaning in a condition", at)


class _Parser:
    """Recursive descent over the tokens of one condition; depth is bounded, so that no text exhausts the stack."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.mentions: list[Mention] = []

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> _Token | None:
        """The next token, when it is one of these signs or words."""
        token = self.token
        if token.type in ("sign", "name") and token.text in texts:
            self.at += 1
            return token
        return None

    def fail(self, wanted: str) -> ExpressionError:
        found = "the condition ends" if self.token.type == "end" else f"{self.token.text!r} stands"
        return ExpressionError(f"{wanted} is missing where {found}", self.token.column)

    def whole(self) -> Node:
        node = self.some()
        if self.token.type != "end":
            raise self.fail("'and', 'or' or the end")
        return node

    def some(self) -> Node:
        operands = [self.every()]
        while self.take("or"):
            operands.append(self.every())
        return operands[0] if len(operands) == 1 else Some(tuple(operands), operands[0].column)

    def every(self) -> Node:
        operands = [self.negation()]
        while self.take("and"):
            operands.append(self.negation())
        return operands[0] if len(operands) == 1 else Every(tuple(operands), operands[0].column)

    def negation(self) -> Node:
        token = self.take("not")
        if token is None:
            return self.comparison()
        with _Deeper(self, token.column):
            return Not(self.negation(), token.column)

    def comparison(self) -> Node:
        left = self.operand()
        for operator in _COMPARISONS:
            if token := self.take(operator):
                right = self.operand()
                if self.token.text in _COMPARISONS:
                    raise ExpressionError("comparisons do not chain; join two of them with 'and'", self.token.column)
                return Compare(operator, left, right, token.column)
        if token := self.take("in"):
            return Among(left, self.options(), token.column)
        if token := self.take("not"):
            if not self.take("in"):
                raise self.fail("'in'")
            return Not(Among(left, self.options(), token.column), token.column)
        return left

    def options(self) -> tuple[Literal, ...]:
        if not self.take("["):
            raise self.fail('a list like ["a", "b"]')
        options = [self.literal()]
        while self.take(","):
            options.append(self.literal())
        if not self.take("]"):
            raise self.fail("',' or ']'")
        return tuple(options)

    def operand(self) -> Node:
        if token := self.take("("):
            with _Deeper(self, token.column):
                inner = self.some()
            if not self.take(")"):
                raise self.fail("')'")
            return inner
        token = self.token
        if token.type == "name" and token.text not in ("and", "or", "not", "in", "true", "false"):
            self.at += 1
            self.mentions.append(Mention(token.text, token.column))
            return Name(token.text, token.column)
        return self.literal()

    def literal(self) -> Literal:
        token = self.token
        if token.type == "text":
            value: Value = token.text[1:-1]
        elif token.type == "number":
            value = float(token.text) if "." in token.text else int(token.text)
        elif token.text in ("true", "false") and token.type == "name":
            value = token.text == "true"
        else:
            raise self.fail("a value")
        self.at += 1
        return Literal(value, token.column)


class _Deeper:
    """One level of nesting, counted."""

    def __init__(self, parser: _Parser, column: int) -> None:
        self.parser = parser
        self.column = column

    def __enter__(self) -> None:
        self.parser.depth += 1
        if self.parser.depth > DEEPEST:
            raise ExpressionError(f"a condition may be nested {DEEPEST} levels deep", self.column)

    def __exit__(self, *_: object) -> None:
        self.parser.depth -= 1
