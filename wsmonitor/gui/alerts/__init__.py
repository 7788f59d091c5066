"""Alert rules in the window: shown, edited and tried, and what they do once raised."""
