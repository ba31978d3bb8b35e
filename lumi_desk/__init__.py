"""Lumi Desk: the core of the desk and of the hub, without a screen."""

__version__ = "0.1.0"
