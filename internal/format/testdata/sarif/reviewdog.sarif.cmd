reviewdog v0.21.0: reviewdog -efm=... -name=shoplint -reporter=sarif -filter-mode=nofilter
