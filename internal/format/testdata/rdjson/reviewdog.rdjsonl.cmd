reviewdog v0.21.0: reviewdog -efm=... -name=shoplint -reporter=rdjsonl -filter-mode=nofilter
