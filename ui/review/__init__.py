"""One person or two: likely pairs side by side, numbers of several people, what was decided."""
