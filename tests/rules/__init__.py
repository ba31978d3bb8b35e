"""Tests of the manager's screen of rules."""
