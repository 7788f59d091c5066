"""Certificates for servers behind the tap."""

from tests.engine.conftest import certificates

__all__ = ["certificates"]
