"""Other machines as places: Fabric gives config, gateways and sftp; the socket, the reader, keys and waits are ours."""
