"""The conductor decides what comes next from a plan and a folded stream, and plays nothing itself."""
