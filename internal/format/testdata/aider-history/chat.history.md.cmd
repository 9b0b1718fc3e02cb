Written by hand in the form that .aider.chat.history.md has in Aider 0.86; the outputs in it are those of go 1.26.
