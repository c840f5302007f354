"""The exported schema and the loader are of one mind about the shape of a book."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from engine.language.action import WORDS
from engine.language.book import Book
from engine.language.load import Loaded, load_text
from engine.language.schema import schema, schema_text
from engine.language.shape import models_in
from engine.primitives.faults import BookFaults

SHAPE = {
    "missing-key", "unknown-key", "later-version", "wrong-type", "not-a-choice", "out-of-bounds", "empty-value",
    "bad-version",
}  # fmt: skip
"""Faults of shape; others are about meaning, which a schema cannot say."""
REPLACEMENTS: list[Any] = [None, True, 0, -1, 3.5, "", "x", "60s", [], {}, ["x"], {"x": 1}, [None], "none — x", 10**11]
MUTATIONS = 200


@pytest.fixture(scope="module")
def exported() -> dict[str, Any]:
    return schema()


@pytest.fixture(scope="module")
def validator(exported: dict[str, Any]) -> Draft202012Validator:
    Draft202012Validator.check_schema(exported)
    return Draft202012Validator(exported)


def paths(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, inner in inside:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def mutated(document: Any, chance: random.Random) -> Any:
    """The document with one thing replaced, removed, wrapped or added."""
    copied = copy.deepcopy(document)
    *way, last = chance.choice(list(paths(copied)))
    here = copied
    for key in way:
        here = here[key]
    match chance.choice(("replace", "remove", "wrap", "add")):
        case "replace":
            here[last] = chance.choice(REPLACEMENTS)
        case "remove":
            del here[last]
        case "wrap":
            here[last] = [here[last]]
        case _:
            (here[last] if isinstance(here[last], dict) else copied)["bogus"] = 1
    return copied


def codes_of(document: Any) -> set[str]:
    try:
        load_text(json.dumps(document).encode(), Path("book.yaml"))
    except BookFaults as error:
        return {fault.code for fault in error.faults}
    return set()


def test_sound_books_are_valid(validator: Draft202012Validator, everything: Loaded) -> None:
    assert [error.message for error in validator.iter_errors(everything.document)] == []


@pytest.mark.parametrize("seed", range(4))
def test_mutants_get_the_same_verdict(validator: Draft202012Validator, everything: Loaded, seed: int) -> None:
    chance = random.Random(seed)
    refused = 0
    for _ in range(MUTATIONS // 4):
        mutant = mutated(everything.document, chance)
        codes, valid = codes_of(mutant), validator.is_valid(mutant)
        refused += bool(codes)
        assert valid or codes, f"only the schema refuses {mutant}"
        assert not (valid and codes and codes <= SHAPE), f"only the loader refuses {mutant}: {codes}"
    assert refused > MUTATIONS / 4 / 2


def test_every_key_of_every_model_has_a_hover_text(exported: dict[str, Any]) -> None:
    bare = []
    for name, model in models_in(Book).items():
        definition = exported if name == "Book" else exported["$defs"][name]
        for part in (definition, *definition.get("anyOf", ())):
            for key, shown in part.get("properties", {}).items():
                if "description" not in shown:
                    bare.append(f"{model.__name__}.{key}")
    assert bare == []


def test_every_word_is_in_it_with_an_example(exported: dict[str, Any]) -> None:
    assert {word.word for word in WORDS} <= exported["$defs"]["Step"]["properties"].keys()
    without = [word.word for word in WORDS if f"{word.word}:" not in exported["$defs"][word.__name__]["description"]]
    assert without == []


def test_the_text_is_the_same_each_time(exported: dict[str, Any]) -> None:
    assert json.loads(schema_text()) == exported


def test_the_file_that_editors_read_is_up_to_date() -> None:
    path = Path(__file__).parents[3] / "runbooks" / "runbook.schema.json"
    fresh = path.read_text(encoding="utf-8") == schema_text()
    assert fresh, "run ./inv book.schema --out runbooks/runbook.schema.json"
