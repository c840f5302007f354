"""The ways to reach a host: local, rehearsal, paper (and SSH). Each is a Place; none knows why it is asked."""
