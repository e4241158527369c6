"""The worker: claims rows, calls, records. It knows nothing of tickets or money."""
