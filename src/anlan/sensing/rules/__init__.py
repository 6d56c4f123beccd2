"""What is abnormal: rules over readings, pure and compiled; see `evaluating.py` for how they are asked."""
