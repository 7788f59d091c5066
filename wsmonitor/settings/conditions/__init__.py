"""What a user writes to choose events or to be alerted: one grammar, conditions, alert rules. Imports facts, text."""
