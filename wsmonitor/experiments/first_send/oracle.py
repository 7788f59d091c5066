"""How one knows that a message reached the handler: an answer that is asked for, or an echo found by a token."""

import os
from dataclasses import dataclass

from wsmonitor.experiments.line.frames import BINARY, TEXT, Frame
from wsmonitor.experiments.options import ExperimentOptions

TOKEN = "${token}"


@dataclass(frozen=True)
class Asked:
    """A message and what its answer contains."""

    message: bytes
    answer: bytes

    def is_answered_by(self, frame: Frame) -> bool:
        """Whether this data frame is the answer."""
        return frame.opcode in (TEXT, BINARY) and self.answer in frame.payload


def ask(options: ExperimentOptions) -> Asked:
    """A message to send; `${token}` in it, and without one the whole message, is unique."""
    token = f"wsmonitor-{os.urandom(6).hex()}"
    message = (options.message or TOKEN).replace(TOKEN, token)
    expect = options.expect.replace(TOKEN, token)
    if not expect:
        expect = token if token in message else message
    return Asked(message.encode(), expect.encode())
