"""The window: the only place that imports PySide6, pyqtgraph and qasync."""
