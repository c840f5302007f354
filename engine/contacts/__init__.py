"""The people a run may tell and how a message reaches them; knows no runs and no words of the language."""

from engine.contacts.delivery import deliver
from engine.contacts.load import load

__all__ = ["deliver", "load"]
