Written by hand in the form that cursor-agent -p --output-format stream-json prints; the outputs in it are those of go 1.26.
