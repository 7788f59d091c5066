"""The one language of filters: what a text asks for, and which rows fulfil it. Pure; imports facts, text, settings."""
