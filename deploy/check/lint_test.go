package check

import (
	"path/filepath"
	"testing"

	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/lint/support"
)

// TestHelmHasNothingToSay: as helm lint --strict with each file of values.
func TestHelmHasNothingToSay(t *testing.T) {
	files, err := filepath.Glob(folder + "/ci/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%v: %v", err, files)
	}
	for _, file := range files {
		for _, m := range lint.AllWithKubeVersion(folder, values(t, file), "messaging", &chartutil.KubeVersion{Version: "v1.34.0", Major: "1", Minor: "34"}).Messages {
			if m.Severity >= support.WarningSev {
				t.Errorf("%s: %v", filepath.Base(file), m)
			}
		}
	}
}
