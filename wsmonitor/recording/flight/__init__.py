"""The last minutes kept in memory, and clips cut out of them."""
