"""What was promised for a fault and how far time has run: pure functions over events as data."""
