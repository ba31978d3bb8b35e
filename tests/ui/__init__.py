"""The shell of the window: lanes, words, problems, start-up."""
