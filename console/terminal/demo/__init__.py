"""`./inv demo`: a real backend, really killed, healed by a real run; nothing is played."""
