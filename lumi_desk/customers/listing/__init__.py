"""The list of customers: who fits a filter, in which order, and the views a rep keeps."""
