"""Registers a view under its route and its tRPC aliases; must not know what the views do."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response

from app.http.rpc import PREFIX

View = Callable[..., Response]


def endpoint(view: View) -> str:
    """The name Flask knows a view by (its aliases add a number)."""
    return f"{view.__module__}:{view.__name__}".removeprefix("app.")


class Api:
    """The routes of the application; each view is one function, whatever names it answers to."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def get(self, rule: str, *, rpc: tuple[str, ...] = ()) -> Callable[[View], View]:
        """A view that changes nothing."""
        return self._route("GET", rule, rpc)

    def post(self, rule: str, *, rpc: tuple[str, ...] = ()) -> Callable[[View], View]:
        """A view that changes something."""
        return self._route("POST", rule, rpc)

    def put(self, rule: str) -> Callable[[View], View]:
        """A view that sets a state."""
        return self._route("PUT", rule, ())

    def delete(self, rule: str) -> Callable[[View], View]:
        """A view that removes something."""
        return self._route("DELETE", rule, ())

    def _route(self, method: str, rule: str, rpc: tuple[str, ...]) -> Callable[[View], View]:
        def register(view: View) -> View:
            for number, path in enumerate((rule, *(PREFIX + name for name in rpc))):
                name = endpoint(view) + (f":{number}" if number else "")
                self._app.add_url_rule(path, name, view, methods=[method], strict_slashes=not rule.endswith("/"))
            return view

        return register
