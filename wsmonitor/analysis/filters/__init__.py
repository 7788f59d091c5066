"""What the one language of filters asks for, and which rows fulfil it. Pure; imports facts, text, settings."""
