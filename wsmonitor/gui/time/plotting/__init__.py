"""The pyqtgraph border: paints `plots/drawing.py` on one shared time axis. Imported after first paint."""
