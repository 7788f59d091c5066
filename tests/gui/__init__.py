"""The window, offscreen: built snapshots in, what it shows out."""
