package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is what records are looked up by.
type Kind string

// The kinds of the index.
const (
	ByPull    Kind = "pull"
	ByCommit  Kind = "commit"
	BySession Kind = "session"
	ByTicket  Kind = "ticket"
	ByPath    Kind = "path"
	// byRun is of what makes a record one: head, run and attempt.
	byRun Kind = "run"
)

// maxPaths bounds the paths by which one record is found: all but the largest
// changes have fewer.
const maxPaths = 300

// term is an entry of the index, without what it leads to: a hash of kind and
// value. What it finds is compared with the record, so that a collision finds
// nothing wrong.
type term string

const termHex = 20

func newTerm(k Kind, value string) term {
	sum := sha256.Sum256([]byte(string(k) + "\x00" + value))
	return term(hex.EncodeToString(sum[:])[:termHex])
}

// shard is the file of the index that has the term. There are 4,096, so that one of
// a hundred thousand records has some kilobytes.
func (t term) shard() string { return "index/" + string(t[:2]) + "/" + string(t[2:3]) }

// terms returns what a record is found by.
func (r *Record) terms() []term {
	var all []term
	for _, k := range []Kind{byRun, ByPull, ByCommit, BySession, ByTicket, ByPath} {
		for _, v := range r.values(k) {
			all = append(all, newTerm(k, v))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// values returns the values of one kind.
func (r *Record) values(k Kind) (all []string) {
	rec := &r.Bundle.Record
	switch k {
	case byRun:
		return []string{r.Key.String()}
	case ByPull:
		if rec.Target.PullRequest > 0 {
			return []string{strconv.Itoa(rec.Target.PullRequest)}
		}
	case ByCommit:
		all = append(all, rec.Target.Head, r.Landed.Commit)
		all = append(all, r.Landed.Commits...)
		for i := range rec.Commits {
			all = append(all, rec.Commits[i].ID)
		}
	case BySession:
		for i := range rec.Sessions {
			all = append(all, rec.Sessions[i].ID)
		}
		for _, f := range r.Bundle.Assessment.Attribution.Files {
			for _, p := range f.Parts {
				all = append(all, p.Session)
			}
		}
	case ByTicket:
		for _, t := range rec.Tickets {
			all = append(all, t.Key)
		}
	case ByPath:
		for i := range rec.Files {
			all = append(all, rec.Files[i].Path, rec.Files[i].OldPath)
		}
		all = all[:min(len(all), maxPaths)]
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(v string) bool { return v == "" })
}

// has reports whether the record is found by the value.
func (r *Record) has(k Kind, value string) bool { return slices.Contains(r.values(k), value) }

// line is an entry of the index as a shard has it.
func (t term) line(sequence int64) string { return fmt.Sprintf("%s %d\n", t, sequence) }

// in returns the records that a shard has for the term, ascending. Lines that are
// none are passed over: the index can be made again.
func (t term) in(shard []byte) (found []int64) {
	for line := range bytes.Lines(shard) {
		rest, ok := strings.CutPrefix(string(line), string(t)+" ")
		if !ok {
			continue
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64); err == nil && n >= 0 {
			found = append(found, n)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}
