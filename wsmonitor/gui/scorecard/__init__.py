"""What the user's own client did about each fault that was played to it: asked for at a tap, shown as a scorecard."""
