"""Ends that some clock brings: silences, ages, schedules, keepalives. May import the tools of rules and each other."""
