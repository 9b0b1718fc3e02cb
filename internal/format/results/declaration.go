package results

import "github.com/mergebrief/mergebrief/internal/format/lex"

// declaration is what a JUnit file states about itself, on its root or summed
// over its outermost suites.
type declaration struct {
	total, failed, errored, skipped *int
	rooted                          bool
}

// root reads the numbers of the root element, which go before those of suites.
func (d *declaration) root(x *lex.XML) {
	if total := declared(x, "tests"); total != nil && !d.rooted {
		*d = declaration{rooted: true, total: total}
		d.failed, d.errored, d.skipped = declared(x, "failures"), declared(x, "errors"), declared(x, "skipped", "skips", "disabled")
	}
}

// add adds the numbers of an outermost suite.
func (d *declaration) add(x *lex.XML) {
	if d.rooted {
		return
	}
	sum(&d.total, declared(x, "tests"))
	sum(&d.failed, declared(x, "failures"))
	sum(&d.errored, declared(x, "errors"))
	sum(&d.skipped, declared(x, "skipped", "skips", "ignored"))
}

// declared is the first of the attributes that holds a number.
func declared(x *lex.XML, names ...string) *int {
	for _, name := range names {
		if n, ok := lex.Number(string(x.Raw(name))); ok {
			return &n
		}
	}
	return nil
}

func sum(to **int, n *int) {
	switch {
	case n == nil:
	case *to == nil:
		*to = n
	default:
		**to += *n
	}
}
