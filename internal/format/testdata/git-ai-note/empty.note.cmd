Written by hand in the form that git-ai writes for a commit without claims; the outputs in it are those of go 1.26.
