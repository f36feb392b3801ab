"""What storekeepers keep: the catalogue, stores, minimums, what to order and what to plan."""
