package findings

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/mergebrief/mergebrief/internal/evidence"
	"github.com/mergebrief/mergebrief/internal/format/lex"
)

// DetectCycloneDX knows CycloneDX by its format or namespace.
func DetectCycloneDX(_ string, head []byte) bool {
	head = lex.Text(head)
	if lex.StartsWith(head, '{') {
		return lex.HasKeys(head, "bomFormat") || bytes.Contains(head, []byte("cyclonedx.org/schema")) && lex.HasKeys(head, "specVersion")
	}
	return lex.XMLRoot(head) == "bom" && bytes.Contains(lex.RootTag(head), []byte("cyclonedx"))
}

// DecodeCycloneDX counts the components, those inside of others included, and
// the vulnerabilities of a CycloneDX document, JSON or XML.
func DecodeCycloneDX(r io.Reader) (evidence.Fragment, error) {
	in := lex.NewTextPeek(r)
	b := evidence.Inventory{Format: "cyclonedx"}
	var err error
	if in.First() == '<' {
		err = countXML(in, &b)
	} else {
		err = countCycloneDX(in, &b)
	}
	if err != nil && b.Components+b.Vulnerabilities == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Inventories: []evidence.Inventory{b}}, err
}

func countCycloneDX(r io.Reader, b *evidence.Inventory) error {
	j := lex.NewJSON(r)
	var component func()
	component = func() {
		b.Components++
		j.Object(func(member string) {
			if member == "components" {
				j.Array(component)
				return
			}
			j.Skip()
		})
	}
	for j.More() {
		j.Object(func(member string) {
			switch member {
			case "components":
				j.Array(component)
			case "vulnerabilities":
				j.Array(func() { j.Skip(); b.Vulnerabilities++ })
			default:
				j.Skip()
			}
		})
	}
	return j.Problem()
}

// countXML counts the elements of a CycloneDX document.
func countXML(r io.Reader, b *evidence.Inventory) error {
	x := lex.NewXML(r)
	for {
		n, err := x.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case n != lex.NodeStart:
			continue
		}
		switch string(x.Name) {
		case "bom", "components", "vulnerabilities":
		case "component":
			b.Components++
		case "vulnerability":
			b.Vulnerabilities++
			err = x.Skip()
		case "metadata":
			err = x.Skip() // its component is what the document is about
		default:
			err = x.Skip()
		}
		if err != nil {
			return err
		}
	}
}

// DetectSPDX knows SPDX by its version, as JSON or tag-value, or by the context
// of version 3.
func DetectSPDX(_ string, head []byte) bool {
	head = lex.Text(head)
	if lex.StartsWith(head, '{') {
		return lex.HasKeys(head, "spdxVersion") || lex.HasKeys(head, "SPDXID") || lex.HasKeys(head, "@graph") && bytes.Contains(head, []byte("spdx.org/rdf"))
	}
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("SPDXVersion:"))
}

// DecodeSPDX counts the packages of an SPDX document: JSON and tag-value of
// version 2, JSON-LD of version 3 with its vulnerabilities.
func DecodeSPDX(r io.Reader) (evidence.Fragment, error) {
	in := lex.NewTextPeek(r)
	b := evidence.Inventory{Format: "spdx"}
	var err error
	if in.First() == '{' {
		err = countSPDX(in, &b)
	} else {
		err = countTags(in, &b)
	}
	if err != nil && b.Components == 0 {
		return evidence.Fragment{}, err
	}
	return evidence.Fragment{Inventories: []evidence.Inventory{b}}, err
}

func countSPDX(r io.Reader, b *evidence.Inventory) error {
	j := lex.NewJSON(r)
	for j.More() {
		j.Object(func(member string) {
			switch member {
			case "packages":
				j.Array(func() { j.Skip(); b.Components++ })
			case "@graph":
				j.Array(func() { countElement(j, b) })
			default:
				j.Skip()
			}
		})
	}
	return j.Problem()
}

// countElement counts an element of SPDX 3.
func countElement(j *lex.JSON, b *evidence.Inventory) {
	kind := ""
	j.Object(func(member string) {
		if member == "type" || member == "@type" {
			kind = j.Text()
			return
		}
		j.Skip()
	})
	switch {
	case strings.HasSuffix(kind, "software_Package"):
		b.Components++
	case strings.HasSuffix(kind, "security_Vulnerability"):
		b.Vulnerabilities++
	}
}

func countTags(r io.Reader, b *evidence.Inventory) error {
	in := lex.NewLines(r)
	for {
		line, ok := in.Next()
		if !ok {
			return in.Failed()
		}
		if bytes.HasPrefix(line, []byte("PackageName:")) {
			b.Components++
		}
	}
}
