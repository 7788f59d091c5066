"""The process border: frames (`channel.py`), the measuring side (`server.py`), the using side (`client.py`)."""
