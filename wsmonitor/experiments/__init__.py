"""Questions put to a server on purpose, with an answer and how sure it is. Imports `engine` and what it may import."""
