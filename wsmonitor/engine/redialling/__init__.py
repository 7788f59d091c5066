"""Whether to dial again, and when."""
