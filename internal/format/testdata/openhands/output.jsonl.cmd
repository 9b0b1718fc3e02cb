Written by hand in the form that the resolver of OpenHands writes to output.jsonl, with the events of an older and a newer version; the outputs in it are those of go 1.26.
