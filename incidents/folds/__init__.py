"""State is a fold: what a stream means now, computed from its events and nothing else."""
