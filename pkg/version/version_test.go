package version

import (
	"os/exec"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const revision = "0123456789abcdef0123456789abcdef01234567"

func TestWhatABuildIsCalled(t *testing.T) {
	t.Parallel()
	info := func(main string, settings ...string) *debug.BuildInfo {
		b := &debug.BuildInfo{Main: debug.Module{Version: main}}
		for i := 0; i < len(settings); i += 2 {
			b.Settings = append(b.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return b
	}
	for name, test := range map[string]struct {
		release, commit string
		info            *debug.BuildInfo
		want            build
	}{
		"nothing is known":           {"", "", nil, build{name: "devel"}},
		"no version control":         {"", "", info("(devel)"), build{name: "devel"}},
		"a commit":                   {"", "", info("v0.0.0-20261129-0123", "vcs.revision", revision, "vcs.time", "2026-11-29T09:00:00Z", "vcs.modified", "false"), build{"0123456789ab", revision, "2026-11-29T09:00:00Z", false}},
		"a commit and changes":       {"", "", info("", "vcs.revision", revision, "vcs.modified", "true"), build{"0123456789ab-modified", revision, "", true}},
		"a module":                   {"", "", info("v1.2.3"), build{name: "v1.2.3"}},
		"a release":                  {"1.4.0", "", info("(devel)", "vcs.revision", revision), build{name: "1.4.0", commit: revision}},
		"a release and its commit":   {"1.4.0", "abc", info("(devel)"), build{name: "1.4.0", commit: "abc"}},
		"a commit that was said":     {"", revision, info("(devel)"), build{name: "0123456789ab", commit: revision}},
		"what may stand in a header": {"1.4 (beta)\r\nX: y/ñ+é", "", nil, build{name: "1.4betaXy+"}},
		"nothing that may":           {"(ñ)", "", nil, build{name: "devel"}},
		"a long one":                 {strings.Repeat("1", 70), "", nil, build{name: strings.Repeat("1", 64)}},
	} {
		if diff := cmp.Diff(test.want, read(test.release, test.commit, test.info), cmp.AllowUnexported(build{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// The flags are documented by name, so a program is built with them.
func TestABuilderSaysTheVersion(t *testing.T) {
	t.Parallel()
	const at = "github.com/bonychat/puente/pkg/version."
	run := exec.CommandContext(t.Context(), "go", "run", "-ldflags", "-X "+at+"release=1.4.0 -X "+at+"commit="+revision, "./testdata/about")
	out, err := run.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "puente 1.4.0\ncommit "+revision+"\nbuilt with go1.") || !strings.HasSuffix(string(out), "\npuente/1.4.0\n") {
		t.Errorf("%v: %s", err, out)
	}
}
