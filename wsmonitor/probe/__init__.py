"""The process border: frames (`wire.py`), the measuring side (`server.py`), the using side (`client.py`)."""
