"""The two clocks: the real one waits, the simulated one only says that it did."""

import threading
import time

from engine.primitives.clock import RealClock, SimulatedClock


def test_simulated_time_passes_only_by_being_slept() -> None:
    clock = SimulatedClock()
    before, began = clock.now(), time.monotonic()
    clock.sleep(3600)
    clock.sleep(-5)
    assert clock.monotonic() == 3600
    assert (clock.now() - before).total_seconds() == 3600
    assert time.monotonic() - began < 1
    assert not clock.real


def test_threads_share_it() -> None:
    clock = SimulatedClock()
    threads = [threading.Thread(target=clock.sleep, args=(1,)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.monotonic() == 20


def test_the_real_clock_waits() -> None:
    clock = RealClock()
    before = clock.monotonic()
    clock.sleep(0.02)
    clock.sleep(-1)
    assert clock.monotonic() - before >= 0.02
    assert clock.real
    assert clock.now().tzinfo is not None
