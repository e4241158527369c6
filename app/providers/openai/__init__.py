"""OpenAI, and whoever speaks as it does: drafts. It sends no webhooks, so it has no hook here."""
