"""Real windows on a display of their own, with a window manager, driven by real mouse and keyboard events."""
