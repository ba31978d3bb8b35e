"""Tests of who looks after whom."""
