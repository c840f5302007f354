"""What is counted, for Prometheus, correct under several workers; must not decide anything."""
