"""Real servers on loopback, whose limits are known, for the experiments to find. Imports what `tools` may."""
