"""The ways to reach a host: local, rehearsal, paper (and SSH); each is a Place, and none knows why it is asked."""
