"""What can be asked of the API, by noun."""
