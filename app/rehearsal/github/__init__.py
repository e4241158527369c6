"""A stand-in for GitHub that keeps state and sends its own signed webhooks."""
