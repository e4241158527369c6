"""The web: it parses, calls one service and renders; it decides nothing."""
