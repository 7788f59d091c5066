"""Autobahn's test suite for clients, straight and through a tap: both must end alike."""
