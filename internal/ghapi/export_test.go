package ghapi

// HeadQueries are the documents for heads that the one query has no room for.
func HeadQueries() []string { return []string{headQuery(headsQuery), headQuery(pushesQuery)} }
