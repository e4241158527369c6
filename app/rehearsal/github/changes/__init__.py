"""Everything that can change here. Each change alters the state, then sends its webhooks."""
