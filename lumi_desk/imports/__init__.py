"""Orders and people out of files: what shops export, and the brand's own lists."""
