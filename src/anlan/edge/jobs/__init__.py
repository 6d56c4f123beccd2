"""What the worker does: queued jobs and timers."""
