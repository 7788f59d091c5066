"""The lab and the failure stories from the window."""
