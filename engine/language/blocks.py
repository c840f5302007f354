"""The parts a step is qualified with: retry, verify, witness, rollback, inputs and outputs."""

from __future__ import annotations
