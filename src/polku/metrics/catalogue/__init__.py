"""One metric a file: each has a `METRIC`. A file put here is found; nothing else names it."""
