Written by hand in the form that Entire writes beside a transcript; the outputs in it are those of go 1.26.
