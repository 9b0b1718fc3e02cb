Written by hand in the form that Windsurf hands to its hooks; the outputs in it are those of go 1.26.
