"""Mainstay: paid support for open source, where the issues already are."""
