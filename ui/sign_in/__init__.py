"""Sign-in: who sits here, at which hub, and the first fetch of her customers."""
