Written by hand in the form that git notes --ref=ai show <commit> prints with git-ai 1.5, with keys that nothing defines; the outputs in it are those of go 1.26.
