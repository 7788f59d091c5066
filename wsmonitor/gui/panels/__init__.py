"""The parts of the window. Each takes a snapshot and shows it; none asks the engine."""
