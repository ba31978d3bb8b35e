"""From a clone with nothing installed to the right program; standard library only."""
