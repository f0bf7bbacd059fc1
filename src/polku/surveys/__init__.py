"""Asking customers: what is asked, of whom, and what they answered."""
