"""Data that a user can read and extend, each row with its source. Imports nothing of ours."""
