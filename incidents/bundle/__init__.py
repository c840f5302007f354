"""A record as one file that verifies alone: everything its streams hold, its reports, and signed heads."""

from incidents.bundle.check import check_bundle
from incidents.bundle.pack import pack

__all__ = ["check_bundle", "pack"]
