"""Steps over SSH, ours beside others': real sshds, a delay line, one script a contestant."""
