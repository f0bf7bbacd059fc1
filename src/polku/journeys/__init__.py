"""Journeys: which events are which touchpoint, and what customers' paths through them look like."""
