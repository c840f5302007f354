"""No text and no document brings the loader down: it is a book, or faults that say where."""

import copy
import random
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.language.load import Loaded, load_text, parse
from engine.primitives.faults import BookFaults
from incidents.event import Json

EVERYTHING = (Path(__file__).parent / "books" / "everything.yaml").read_text(encoding="utf-8")


def load_or_faults(data: bytes) -> Loaded | None:
    try:
        return load_text(data, Path("book.yaml"))
    except BookFaults as error:
        lines = data.decode("utf-8", "replace").count("\n") + 1
        assert error.faults
        assert all(1 <= fault.line <= lines and fault.column >= 1 and fault.message for fault in error.faults)
        return None


@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    load_or_faults(text.encode("utf-8", "surrogatepass"))


@given(
    st.integers(0, len(EVERYTHING) - 1), st.integers(0, 40), st.text(max_size=12) | st.sampled_from(" :-{}[]\"'|#&*!\n")
)
def test_any_damage_to_a_real_book(at: int, length: int, instead: str) -> None:
    text = EVERYTHING[:at] + instead + EVERYTHING[at + length :]
    load_or_faults(text.encode("utf-8", "surrogatepass"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 10**18) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False), JSON)
def test_any_value_anywhere_in_a_recorded_document(everything: Loaded, chance: random.Random, value: Json) -> None:
    document: Any = copy.deepcopy(everything.document)
    here = document
    while True:
        key = chance.choice(list(here) if isinstance(here, dict) else range(len(here)))
        if isinstance(here[key], (dict, list)) and here[key] and chance.random() < 0.8:
            here = here[key]
            continue
        here[key] = value
        break
    try:
        parse(document)
    except BookFaults as error:
        assert error.faults
