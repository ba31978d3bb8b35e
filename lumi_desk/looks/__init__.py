"""Who looked at customers she does not hold, and when: kept at the hub for a stated time."""
