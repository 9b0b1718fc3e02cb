Written by hand in the form that pi keeps; the outputs in it are those of go 1.26.
