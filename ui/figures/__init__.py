"""The figures of the centre for managers: by month, the RFM grid, and value."""
