"""The measuring side: asyncio and websockets, no Qt, no numpy, no analysis.

`Monitor` (`monitor.py`) is the way in; `states.py` decides, `slot.py` carries out.
"""
