"""Events, messages and closures as tables, and the inspector."""
