"""The catalogue of metrics: from answers to an estimate with its interval. One metric is one file."""
