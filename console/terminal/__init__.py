"""The console in a terminal: tasks, prompts and the live view; it knows no Flask."""
