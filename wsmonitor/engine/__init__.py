"""The measuring side: asyncio and websockets, no Qt, no numpy, no analysis.

`Monitor` (`monitor.py`) is the way in; `machine.py` decides, `supervisor.py` carries out.
"""
