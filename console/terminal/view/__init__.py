"""How a run looks in a terminal: listeners that show and decide nothing."""
