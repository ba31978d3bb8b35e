"""Tests of the screen of likely pairs."""
