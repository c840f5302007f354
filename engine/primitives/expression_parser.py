"""Reads a condition; this grammar is all there is to know.

any   = all {"or" all}                 all     = not {"and" not}
not   = "not" not | comparison         operand = name | literal | "(" any ")"
comparison = operand [("==" | "!=" | "<" | "<=" | ">" | ">=") operand | ["not"] "in" "[" literal {"," literal} "]"]
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.primitives.expression import (
    Among,
    Compare,
    Every,
    Expression,
    ExpressionError,
    Literal,
    Name,
    Node,
    Not,
    Operator,
    Some,
)
from engine.primitives.names import DOTTED, GRAMMAR, Mention
from engine.primitives.values import Value

LONGEST = 1000
DEEPEST = 20

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


def parse(text: str) -> Expression:
    """Reads a condition. Raises ExpressionError with the column of the first thing that is wrong."""
    if len(text) > LONGEST:
        raise ExpressionError(f"a condition may have {LONGEST} characters, this one has {len(text)}", LONGEST)
    parser = _Parser(text, _tokens(text))
    root = parser.whole()
    return Expression(text, root, tuple(parser.mentions))


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
        if token.type == "name" and token.text not in (*GRAMMAR, "in"):
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
