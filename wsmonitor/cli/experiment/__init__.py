"""`wsmonitor experiment`: asks servers questions through a probe. Imports what `cli` may."""
