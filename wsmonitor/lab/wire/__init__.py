"""The lab's own WebSocket framing and TCP manners; nothing of the program under test."""
