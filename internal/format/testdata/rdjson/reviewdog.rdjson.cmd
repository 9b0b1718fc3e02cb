reviewdog v0.21.0: reviewdog -efm=... -name=shoplint -reporter=rdjson -filter-mode=nofilter
