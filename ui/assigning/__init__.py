"""Who looks after whom: loads, hand-overs with preview, plans, leaves and the history."""
