"""Measuring the product beside what the machine can do at best."""
