"""The endpoint table, its rows, and what one does with an endpoint."""
