the lines that mergebrief exec -- go test ./... and two more commands append
