"""The lab, judged by bare clients that share no code with it."""
