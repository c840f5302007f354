"""The drivers of services: sh scripts for systemd, supervisor and pidfiles, and the command that carries them."""
