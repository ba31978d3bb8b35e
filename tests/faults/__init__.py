"""Each promise with its fault injected into the real thing."""
