"""Drives runs: conducts, does, commits, tells the listeners; the only room where the engine's parts meet."""
