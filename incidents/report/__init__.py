"""Reports, drafted from events only: nothing in them was invented, everything says where it stands."""

from incidents.report.markdown import markdown

__all__ = ["markdown"]
