"""What a tap does to bytes, frames, legs and openings on demand: pure stages, and what applies them to pairs."""
