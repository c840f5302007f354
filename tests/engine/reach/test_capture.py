"""Output in pieces: however it was cut on the way, lines stay whole, nothing is lost, memory stays bounded."""

import hashlib
import itertools
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from engine.reach.capture import PIECE, PREFACE, TAIL, Capture
from engine.reach.edge import Act
from engine.reach.place import Stream

ACT = Act("n0nce", 1, b"")


class Pieces(list[bytes]):
    def __call__(self, _stream: Stream, data: bytes) -> None:
        self.append(data)


def captured(chunks: list[bytes], stream: Stream = "out", act: Act = ACT) -> tuple[Capture, Pieces]:
    pieces = Pieces()
    capture = Capture(stream, act, pieces)
    for chunk in chunks:
        capture.feed(chunk)
    capture.close()
    return capture, pieces


@given(
    lines=st.lists(st.binary(max_size=50)),
    noise=st.binary(max_size=50),
    cuts=st.lists(st.integers(0, 400), max_size=20),
)
def test_any_cutting_gives_the_same_bytes_in_whole_lines(lines: list[bytes], noise: bytes, cuts: list[int]) -> None:
    payload = b"\n".join(lines)
    sent = noise + b"n0nce\n" + payload
    edges = sorted({0, len(sent), *(cut for cut in cuts if cut < len(sent))})
    capture, pieces = captured([sent[a:b] for a, b in itertools.pairwise(edges)])
    assert b"".join(pieces) == payload
    assert all(piece.endswith(b"\n") for piece in pieces[:-1])
    assert all(pieces)
    result = capture.captured()
    assert (result.tail, result.length, result.sha256) == (payload, len(payload), hashlib.sha256(payload).hexdigest())


def test_a_line_without_end_comes_in_bounded_pieces() -> None:
    _, pieces = captured([b"n0nce\n", *[b"x" * 1000] * 1000])
    assert sum(map(len, pieces)) == 1_000_000
    assert max(map(len, pieces)) <= PIECE


def test_pieces_are_cut_at_line_ends_where_there_are_some() -> None:
    _, pieces = captured([b"n0nce\n" + b"0123456789\n" * 20_000])
    assert max(map(len, pieces)) <= PIECE
    assert all(piece.endswith(b"\n") for piece in pieces)


def test_only_the_tail_is_kept_and_everything_is_counted() -> None:
    capture, _ = captured([b"n0nce\n", *[b"line\n" * 10_000] * 40, b"the end"])
    result = capture.captured()
    assert result.length == 2_000_007
    assert len(result.tail) == TAIL
    assert result.tail.endswith(b"line\nthe end")


def test_memory_does_not_grow_with_the_output() -> None:
    def swallow(_stream: Stream, _data: bytes) -> None:
        return

    capture = Capture("out", ACT, swallow)
    capture.feed(b"n0nce\n")
    chunk = b"x" * 65536
    tracemalloc.start()
    for _ in range(800):
        capture.feed(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * TAIL


def test_heralds_on_stderr_tell_the_process_groups_and_what_stands_before_is_no_output() -> None:
    capture, pieces = captured(
        [b"Welcome!\nn0nce 12", b"3\nsudo: lecture\nn0nc", b"e 456\nreal\n"], "err", Act("n0nce", 2, b"")
    )
    assert capture.begun
    assert capture.pids == (123, 456)
    assert pieces == [b"real\n"]
    assert capture.preface == "Welcome!\nsudo: lecture"


def test_a_herald_without_end_is_bounded_too() -> None:
    capture, pieces = captured([b"n0nce 1"] + [b"1" * 10_000] * 50, "err")
    assert not capture.begun
    assert not pieces
    assert len(capture.preface) <= PREFACE


def test_a_preface_without_end_is_bounded_and_is_not_output() -> None:
    capture, pieces = captured([b"x" * 10_000] * 50 + [b"This account is not available.\n"])
    assert not capture.begun
    assert not pieces
    assert capture.captured().length == 0
    assert capture.preface.endswith("not available.")
    assert len(capture.preface) <= PREFACE
