package check

import (
	"bytes"
	"flag"
	"os"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write generated files anew")

// generated are the files of the chart that are made from others. Helm reads nothing outside of the chart, so that it has a
// copy of what is tested elsewhere.
var generated = map[string]func() ([]byte, error){
	folder + "/files/rules.yaml":     func() ([]byte, error) { return os.ReadFile("../observability/rules.yaml") },
	folder + "/files/dashboard.json": func() ([]byte, error) { return os.ReadFile("../observability/dashboard.json") },
	folder + "/README.md": func() ([]byte, error) {
		readme, err := os.ReadFile(folder + "/README.md")
		if err != nil {
			return nil, err
		}
		values, err := os.ReadFile(folder + "/values.yaml")
		if err != nil {
			return nil, err
		}
		return withValues(readme, values)
	},
}

// TestWhatIsGeneratedIsCurrent: GOWORK=off go test . -run WhatIsGenerated -update writes it anew.
func TestWhatIsGeneratedIsCurrent(t *testing.T) {
	for file, make := range generated {
		want, err := make()
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if *update {
			if err := os.WriteFile(file, want, 0o644); err != nil {
				t.Error(err)
			}
		}
		if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v: %s is not current: run this test with -update", err, file)
		}
	}
}

// TestEveryValueIsDescribed: one without a description, and a README without its place, are errors.
func TestEveryValueIsDescribed(t *testing.T) {
	t.Parallel()
	readme := []byte("before\n" + valuesBegin + "old\n" + valuesEnd + "after\n")
	got, err := withValues(readme, []byte("# all\n# -- First\n# of two lines\na: 1\nb:\n  # -- a|b\n  c: {d: [x]}\n"))
	want := "before\n" + valuesBegin + "| value | default | |\n| --- | --- | --- |\n| `a` | `1` | First of two lines |\n| `b.c` | `{d: [x]}` | a\\|b |\n" + valuesEnd + "after\n"
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if _, err := withValues(readme, []byte("a:\n  # not a description\n  b: 1\n")); err == nil || !strings.Contains(err.Error(), "line 3: a.b has no description") {
		t.Error(err)
	}
	if _, err := withValues([]byte("nothing"), nil); err == nil {
		t.Error("a README without the place for it was taken")
	}
}

// TestRulesAndDashboardArriveWhole: Prometheus' operator and Grafana's sidecar find what is tested in deploy/observability.
func TestRulesAndDashboardArriveWhole(t *testing.T) {
	out, err := render(t, values(t, folder+"/ci/full.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := objects(t, out)
	data, err := os.ReadFile("../observability/rules.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want monitoringv1.PrometheusRuleSpec
	if err := yaml.UnmarshalStrict(data, &want); err != nil {
		t.Fatal(err)
	}
	wanted, _ := yaml.Marshal(want)
	rules := kinds[*monitoringv1.PrometheusRule](all)
	if len(rules) != 1 || rules[0].Labels["release"] != "prometheus" {
		t.Fatalf("%d rules", len(rules))
	}
	if got, _ := yaml.Marshal(rules[0].Spec); !bytes.Equal(got, wanted) || len(want.Groups) == 0 {
		t.Errorf("the rules are\n%s", got)
	}
	dashboard, err := os.ReadFile("../observability/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range kinds[*corev1.ConfigMap](all) {
		if m.Labels["grafana_dashboard"] == "1" {
			found++
			if strings.TrimSpace(m.Data["puente.json"]) != strings.TrimSpace(string(dashboard)) || m.Labels["team"] != "messaging" {
				t.Errorf("%s is another dashboard", m.Name)
			}
		}
	}
	if found != 1 {
		t.Errorf("%d dashboards", found)
	}
}
