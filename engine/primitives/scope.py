"""What a name means for one step on one host: params, outputs, inputs and built-ins; one look-up, no evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.primitives.values import Value, as_text


class Scope(Mapping[str, Value]):
    """Names to values; dotted names (`incident.id`, `run.outcome`) are plain keys. Later layers win."""

    def __init__(self, *layers: Mapping[str, Value]) -> None:
        self._values: dict[str, Value] = {}
        for layer in layers:
            self._values.update(layer)

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def variables(self) -> dict[str, str]:
        """The shell variables a command gets: every plain name, in its one text form."""
        return {name: as_text(value) for name, value in self._values.items() if "." not in name}
