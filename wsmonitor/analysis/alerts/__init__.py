"""Alert rules judged by the facts, and what became of them. Pure; imports facts, text, settings, diagnosis."""
