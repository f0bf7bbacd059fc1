"""Language: what a text says, whatever it came with. Pure: texts in, frozen results out."""
