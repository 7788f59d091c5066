"""Peers that mean harm: bounded memory and CPU, the right verdict, and nobody else disturbed."""
