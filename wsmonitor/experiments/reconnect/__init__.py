"""Does a client survive what happens to its connection? Faults through a tap, and rows. Imports `facts`, `text`."""
