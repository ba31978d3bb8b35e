"""Who will buy again, and who may soon be lost: a ranking learned from purchase histories."""
