"""Other tools' inventories as ours, one file a format; what is not understood is listed, nothing dropped in silence."""
