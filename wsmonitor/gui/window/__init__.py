"""The main window: its frame, bars, menus, keys and tabs."""
