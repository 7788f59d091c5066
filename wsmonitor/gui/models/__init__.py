"""What the tables show: rows out of snapshots, numbered for ever, filtered by index lists."""
