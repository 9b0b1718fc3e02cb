Written by hand in the form that SWE-agent writes to *.traj; the outputs in it are those of go 1.26.
