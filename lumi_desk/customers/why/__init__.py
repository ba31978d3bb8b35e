"""Why a customer has her pool, grade and relationship."""
