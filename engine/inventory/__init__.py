"""The hosts a run may touch: names, addresses, groups, vars; never credentials, never how a host is reached."""
