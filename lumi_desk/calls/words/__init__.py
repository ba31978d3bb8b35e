"""The words in which a rep promises the next contact."""
