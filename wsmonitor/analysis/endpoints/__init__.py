"""One endpoint and its connections: events folded into what rows and plots show."""
