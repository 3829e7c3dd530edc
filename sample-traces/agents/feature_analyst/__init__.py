"""Feature analyst: picks features for a model and registers them."""
