"""Twelve lessons that build the package, part by part, and what shows, runs and grades them."""
