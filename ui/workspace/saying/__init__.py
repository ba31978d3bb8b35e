"""The words of the rep's desk: values in, parts of the Screen out. Knows no Qt."""
