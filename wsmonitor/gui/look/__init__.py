"""How it looks: theme, icons, words, small widgets that many rooms use."""
