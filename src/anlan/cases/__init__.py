"""Cases: states, intake, verification, deadlines."""
