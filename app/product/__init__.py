"""Just enough product for each stated limit to have something to limit; must not grow."""
