"""What people do with records; knows no terminal, no page and no run's insides."""

from incidents.desk.entry import InvalidRequest, Refusal
from incidents.desk.register import declare, named, note, record, records

__all__ = ["InvalidRequest", "Refusal", "declare", "named", "note", "record", "records"]
