Written by hand in the form that git-ai 1.0 wrote, with a conversation in it; the outputs in it are those of go 1.26.
