Written by hand in the form that gemini -p … -o json prints; the outputs in it are those of go 1.26.
