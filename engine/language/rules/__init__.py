"""What a good runbook does besides being well-formed: one small function a rule; importing this registers them all."""

from engine.language.rules import commands, files, processes, safety, secrecy, sense, upkeep

__all__ = ["commands", "files", "processes", "safety", "secrecy", "sense", "upkeep"]
