"""Every fact a stream can hold, by name: the words of the record, and nothing of how they come about."""

from incidents.vocabulary.codec import Fact, Unread, draft, read
from incidents.vocabulary.incident import INCIDENT_FACTS
from incidents.vocabulary.run import RUN_FACTS

__all__ = ["INCIDENT_FACTS", "RUN_FACTS", "Fact", "Unread", "draft", "read"]
