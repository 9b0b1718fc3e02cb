package lex

import (
	"bytes"
)

// XMLRoot is the local name of the first element in head, which starts with the
// file and may stop anywhere; "" when the file is not XML.
func XMLRoot(head []byte) string {
	tag := RootTag(head)
	end := bytes.IndexAny(tag, " \t\r\n/>")
	if end < 0 {
		end = len(tag)
	}
	if end == 0 {
		return ""
	}
	return string(Local(tag[:end]))
}

// RootTag is head from the name of the first element on: what stands before it
// (byte order mark, declaration, comments, document type) is left out.
func RootTag(head []byte) []byte {
	rest := Text(head)
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n\x00\xEF\xBB\xBF")
		var end []byte
		switch {
		case bytes.HasPrefix(rest, []byte("<!--")):
			end = []byte("-->")
		case bytes.HasPrefix(rest, []byte("<?")):
			end = []byte("?>")
		case bytes.HasPrefix(rest, []byte("<!DOCTYPE")):
			rest = afterDoctype(rest)
			continue
		case bytes.HasPrefix(rest, []byte("<")) && len(rest) > 1 && nameStart(rest[1]):
			return rest[1:]
		default:
			return nil
		}
		_, after, ok := bytes.Cut(rest, end)
		if !ok {
			return nil
		}
		rest = after
	}
}

// afterDoctype is what follows the document type, its internal subset included.
func afterDoctype(b []byte) []byte {
	end := bytes.IndexByte(b, '>')
	if open := bytes.IndexByte(b, '['); open >= 0 && open < end {
		if shut := bytes.IndexByte(b, ']'); shut >= 0 {
			b = b[shut:]
			end = bytes.IndexByte(b, '>')
		}
	}
	if end < 0 {
		return nil
	}
	return b[end+1:]
}

func nameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// JSONStart is head when it begins with a JSON object, else nil.
func JSONStart(head []byte) []byte {
	head = Text(head)
	if StartsWith(head, '{') {
		return head
	}
	return nil
}

// HasKeys reports whether all of the names stand in head as JSON strings.
func HasKeys(head []byte, names ...string) bool {
	for _, name := range names {
		if !bytes.Contains(head, []byte(`"`+name+`"`)) {
			return false
		}
	}
	return true
}

// StartsWith reports whether the first character of head beside white space is
// c.
func StartsWith(head []byte, c byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n")
	return len(head) > 0 && head[0] == c
}
