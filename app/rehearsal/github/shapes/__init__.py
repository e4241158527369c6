"""How GitHub writes each noun as JSON, in answers and in webhooks. Pure functions of the state."""
