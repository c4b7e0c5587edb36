package check

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// TestTheNotesNameWhatIsThere: the commands that are shown after an installation are about its objects.
func TestTheNotesNameWhatIsThere(t *testing.T) {
	files, err := filepath.Glob(folder + "/ci/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		out, err := render(t, values(t, file))
		if err != nil {
			t.Fatal(err)
		}
		all, there := objects(t, out), map[string]bool{}
		for _, d := range kinds[*appsv1.Deployment](all) {
			there["deploy/"+d.Name] = true
		}
		for _, s := range kinds[*corev1.Service](all) {
			there["svc/"+s.Name] = true
		}
		channels := 0
		for _, s := range kinds[*corev1.Secret](all) {
			channels += strings.Count(s.StringData["puente.yaml"], "network:")
		}
		if notes := out["puente/templates/NOTES.txt"]; channels > 0 && strings.Contains(notes, "no channel yet") {
			t.Errorf("%s: the notes say that there is no channel, and there are %d", filepath.Base(file), channels)
		}
		named := regexp.MustCompile(`(?:deploy|svc)/puente[a-z-]*`).FindAllString(out["puente/templates/NOTES.txt"], -1)
		if len(named) < 2 {
			t.Errorf("%s: the notes name %v", filepath.Base(file), named)
		}
		for _, name := range named {
			if !there[name] {
				t.Errorf("%s: the notes name %s", filepath.Base(file), name)
			}
		}
	}
}
