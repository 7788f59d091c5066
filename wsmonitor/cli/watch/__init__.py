"""`wsmonitor watch`: what connections do, as lines, a table or NDJSON."""
