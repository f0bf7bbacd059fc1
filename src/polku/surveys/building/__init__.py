"""The builder: a survey's draft changed question by question."""
