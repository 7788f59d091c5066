"""The workspace and preferences from the window."""
