"""Two hundred clients for six seconds: every answer is a success or a refusal meant as such, and memory stays."""

from benchmarks.backend_load import endure


def test_two_hundred_clients_see_no_error() -> None:
    """The full minute is `benchmarks/backend_load.py`."""
    result = endure(clients=200, seconds=6)
    assert result["met"], result
