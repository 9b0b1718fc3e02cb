Written by hand in the form that Entire writes for one session of a checkpoint; the outputs in it are those of go 1.26.
