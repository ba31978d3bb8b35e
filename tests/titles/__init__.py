"""Tests of the screen of product titles."""
