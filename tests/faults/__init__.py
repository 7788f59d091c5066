"""What happens to our own processes and clocks: killed, stopped, starved, set. `make faults` plays 200 rounds."""
