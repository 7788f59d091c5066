"""Recording, replay and export from the window."""
