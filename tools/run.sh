#!/bin/sh
# `make run`: the window where somebody can see it, else its picture.
case "$(uname -s)" in
  Darwin) screen=yes ;;
  *) screen="$DISPLAY$WAYLAND_DISPLAY" ;;
esac
case "$QT_QPA_PLATFORM" in offscreen* | minimal*) screen= ;; esac
if [ -n "$screen" ]; then
  exec .venv/bin/wsmonitor --lab
fi
mkdir -p build
QT_QPA_PLATFORM=offscreen exec .venv/bin/wsmonitor --lab --screenshot build/wsmonitor.png --after 17
