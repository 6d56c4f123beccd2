"""Alarms: what is abnormal now, who must hear of it, until somebody said what it was."""
