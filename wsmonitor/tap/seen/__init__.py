"""What a copy of the bytes tells: frames, messages, round trips, and who ended it. Pure, and never in the way."""
