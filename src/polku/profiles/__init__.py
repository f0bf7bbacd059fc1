"""Customers: who they are, their whole path, and people's decisions about who is who."""
