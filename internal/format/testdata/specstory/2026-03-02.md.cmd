Written by hand in the form that .specstory/history/*.md has; the outputs in it are those of go 1.26.
