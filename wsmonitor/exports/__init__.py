"""What leaves the program as text or files: one file for each format."""
