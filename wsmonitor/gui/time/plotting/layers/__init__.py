"""What one plot is painted of, in its own pixels: a kept picture of all that scrolls, and what stands on top of it."""
