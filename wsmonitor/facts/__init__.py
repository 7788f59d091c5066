"""What can be known of a connection: events, verdicts, tallies, errors. Imports `tables` and `text` at most."""
