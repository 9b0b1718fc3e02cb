package ghapi

import "strings"

// Viewer is whom the token acts for.
type Viewer struct{ Login string }

// app returns the slug of the app that the token belongs to, empty when it is no
// app's. GitHub gives the name of an app's account an ending that no user's name can
// have.
func (v *Viewer) app() string {
	if v == nil {
		return ""
	}
	slug, ok := strings.CutSuffix(v.Login, "[bot]")
	if !ok {
		return ""
	}
	return slug
}
