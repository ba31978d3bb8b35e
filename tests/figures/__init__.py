"""Tests of the screen of figures."""
