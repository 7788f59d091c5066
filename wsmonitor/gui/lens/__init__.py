"""The connection lens: one ended connection from its dial to its end, or two of them side by side."""
