"""GitHub: issues, comments, people and repositories."""
