package check

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// workflow is what the project's workflows use of https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax
type workflow struct {
	Name        string            `yaml:"name"`
	On          map[string]any    `yaml:"on"`
	Permissions map[string]string `yaml:"permissions"`
	Concurrency struct {
		Group  string `yaml:"group"`
		Cancel any    `yaml:"cancel-in-progress"`
	} `yaml:"concurrency"`
	Jobs map[string]struct {
		Needs       []string          `yaml:"needs"`
		RunsOn      string            `yaml:"runs-on"`
		Timeout     int               `yaml:"timeout-minutes"`
		Permissions map[string]string `yaml:"permissions"`
		Steps       []struct {
			Name string            `yaml:"name"`
			Uses yaml.Node         `yaml:"uses"`
			With map[string]any    `yaml:"with"`
			Run  string            `yaml:"run"`
			Env  map[string]string `yaml:"env"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// What a workflow may take from outside, and what it names.
var (
	pinned = regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`)
	isFile = regexp.MustCompile(`(?:^|[\s"/=])((?:\.ci|deploy|\.github)/[A-Za-z0-9./_-]+)`)
)

// workflows are those of the project, by the names of their files.
func workflows(t *testing.T) map[string]workflow {
	t.Helper()
	files, err := filepath.Glob(root + "/.github/workflows/*")
	if err != nil || len(files) < 2 {
		t.Fatalf("%v: %v", err, files)
	}
	all := map[string]workflow{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w workflow
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(&w); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		all[filepath.Base(file)] = w
	}
	return all
}

// TestWorkflowsAreSound: actions are pinned to a commit with its version beside it; files are there; what a stranger may write, such as
// the name of a tag, reaches no script but by a variable; every job has an end, and no right that it does not say.
func TestWorkflowsAreSound(t *testing.T) {
	for file, w := range workflows(t) {
		if len(w.On) == 0 || len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
			t.Errorf("%s: on %v with the rights %v", file, w.On, w.Permissions)
		}
		for name, job := range w.Jobs {
			if job.Timeout == 0 || !strings.HasPrefix(job.RunsOn, "ubuntu-2") {
				t.Errorf("%s: %s runs on %q for %d minutes", file, name, job.RunsOn, job.Timeout)
			}
			for _, other := range job.Needs {
				if _, ok := w.Jobs[other]; !ok {
					t.Errorf("%s: %s needs %s", file, name, other)
				}
			}
			for _, s := range job.Steps {
				if uses := s.Uses.Value; uses != "" && (!pinned.MatchString(uses) || !regexp.MustCompile(`^# v\d+\.\d+\.\d+$`).MatchString(s.Uses.LineComment)) {
					t.Errorf("%s: %s is not pinned to a commit, with its version beside it: %q", file, uses, s.Uses.LineComment)
				}
				if (s.Uses.Value == "") == (s.Run == "") {
					t.Errorf("%s: a step of %s does nothing, or two things", file, name)
				}
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: a script of %s is put together from an expression", file, name)
				}
				for _, m := range isFile.FindAllStringSubmatch(s.Run, -1) {
					if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
						t.Errorf("%s: %v", file, err)
					}
				}
			}
		}
	}
}

// TestNothingIsReleasedUnchecked: every job of a release comes behind the checks, and these are all.
func TestNothingIsReleasedUnchecked(t *testing.T) {
	w := workflows(t)["release.yaml"]
	checked := func(name string) bool {
		for range w.Jobs { // as many steps back as there are jobs, at most
			if name == "check" {
				return true
			}
			if len(w.Jobs[name].Needs) == 0 {
				return false
			}
			name = w.Jobs[name].Needs[0]
		}
		return false
	}
	for name := range w.Jobs {
		if !checked(name) {
			t.Errorf("%s does not come behind check", name)
		}
	}
	steps := w.Jobs["check"].Steps
	if len(steps) == 0 || steps[len(steps)-1].Run != ".ci/run" {
		t.Errorf("check does %v", steps)
	}
}
