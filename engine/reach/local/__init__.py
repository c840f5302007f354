"""This machine as a place: processes, HTTP and files, without a network between."""

from engine.reach.local.place import LocalPlace, LocalReach

__all__ = ["LocalPlace", "LocalReach"]
