"""The use cases: each one function in one transaction, which loads, decides and records."""
