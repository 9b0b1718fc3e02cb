Written by hand in the form that ~/.continue/sessions has; the outputs in it are those of go 1.26.
