"""Questions put to a server on purpose. Imports `engine` and what it may import."""
