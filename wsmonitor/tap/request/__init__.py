"""The handshake as it passes: heads kept byte for byte, who may come, and what was answered. Pure."""
