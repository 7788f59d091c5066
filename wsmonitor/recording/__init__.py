"""Recordings: what was seen, in one SQLite file that outlives the program (`schema.py` documents it).

`Recorder` writes from a thread of its own, `Replay` reads the same events back, `FlightRecorder` keeps
the interesting minutes in memory when nobody pressed record, `save` writes events that are at hand.
"""

from wsmonitor.recording.errors import RecordingError
from wsmonitor.recording.flight.flight import Clip, FlightRecorder
from wsmonitor.recording.options import RecordingOptions
from wsmonitor.recording.reading.playback import Playback
from wsmonitor.recording.reading.replay import Replay
from wsmonitor.recording.recorder import Recorder, RecordingStatus
from wsmonitor.recording.saving import save
from wsmonitor.recording.view_rows import Finding

__all__ = [
    "Clip",
    "Finding",
    "FlightRecorder",
    "Playback",
    "Recorder",
    "RecordingError",
    "RecordingOptions",
    "RecordingStatus",
    "Replay",
    "save",
]
