"""A value that shows itself to nobody but the module that feeds a host, and the scrubber that looks for it."""

from __future__ import annotations

from incidents.forms import forms


class Secret:
    """Holds a secret text; every rendering of it is its name."""

    __slots__ = ("_value", "name")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self._value = value

    def reveal(self) -> str:
        """The text itself. A house test names the one module that may call this."""
        return self._value

    def led_by(self, prefix: str) -> Secret:
        """The same secret behind a plain text, such as "Bearer "."""
        return Secret(self.name, prefix + self._value)

    def forms(self) -> frozenset[bytes]:
        """Every form it may turn up in; for the scrubber alone."""
        return forms(self._value)

    def __repr__(self) -> str:
        return f"<secret {self.name}>"

    __str__ = __repr__

    def __reduce__(self) -> str:
        raise TypeError(f"{self!r} cannot be pickled")
