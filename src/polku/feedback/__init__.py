"""What customers say in their own words, wherever they said it."""
