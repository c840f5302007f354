"""Reports, drafted from events only: nothing in them was invented, everything says where it stands."""

from incidents.report.html import html
from incidents.report.markdown import markdown
from incidents.report.record_json import record_json

__all__ = ["html", "markdown", "record_json"]
