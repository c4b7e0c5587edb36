package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// expression is one that Prometheus is asked, and where it stands.
type expression struct{ place, text string }

// ruleFile is rules.yaml as Prometheus reads it.
func ruleFile(t *testing.T) *rulefmt.RuleGroups {
	t.Helper()
	groups, errs := rulefmt.ParseFile("rules.yaml", false, model.UTF8Validation, parser.NewParser(parser.Options{}), slog.New(slog.DiscardHandler))
	for _, err := range errs {
		t.Error(err)
	}
	if groups == nil {
		t.FailNow()
	}
	return groups
}

func ofRules(t *testing.T) (all []expression) {
	for _, g := range ruleFile(t).Groups {
		for _, r := range g.Rules {
			all = append(all, expression{"rules.yaml, " + r.Alert, r.Expr})
		}
	}
	return all
}

// ofDashboard are the expressions of the committed dashboard, with Grafana's own variables as Grafana would fill them in.
func ofDashboard(t *testing.T) (all []expression) {
	t.Helper()
	data, err := os.ReadFile("dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("$__rate_interval", "1m", "$network", ".*")
	for _, p := range d.Panels {
		for _, target := range p.Targets {
			all = append(all, expression{"dashboard.json, " + p.Title, fill.Replace(target.Expr)})
		}
	}
	return all
}

func TestTheDashboardIsGenerated(t *testing.T) {
	want, err := dashboard()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("dashboard.json")
	if err != nil || string(got) != string(want) {
		t.Errorf("dashboard.json is not what panels.go says: GOWORK=off go run . > dashboard.json (%v)", err)
	}
}

// TestEveryExpressionIsAnswered holds every expression against the page of a bridge in trouble: each series that it names is
// there, with the labels that it selects, groups or joins by.
func TestEveryExpressionIsAnswered(t *testing.T) {
	all := append(ofRules(t), ofDashboard(t)...)
	if len(all) < 50 {
		t.Fatalf("only %d expressions", len(all))
	}
	page := run(t)
	for _, e := range all {
		for _, problem := range page.problems(e.text) {
			t.Errorf("%s: %s\n%s", e.place, problem, e.text)
		}
	}
	for _, name := range []string{"puente_backlog_messages", "puente_channels"} {
		if told, written := page.values(name, "state"), documented(t, name); !slices.Equal(told, written) {
			t.Errorf("%s has the states %q, and deploy/README.md says %q", name, told, written)
		}
	}
	if t.Failed() {
		t.Log(own(page.text))
	}
}

// documented are the words that deploy/README.md has for a figure's label, as code in the last cell of its row, sorted.
func documented(t *testing.T, figure string) (words []string) {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(readme)) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `"+figure+"`") {
			for _, m := range regexp.MustCompile("`([a-z]+)`").FindAllStringSubmatch(cells[len(cells)-1], -1) {
				words = append(words, m[1])
			}
		}
	}
	slices.Sort(words)
	return words
}

// TestProblemsAreFound: the test above is worth nothing where it finds nothing.
func TestProblemsAreFound(t *testing.T) {
	p := parsed(t, "# TYPE a_total counter\na_total{far=\"telegram\",result=\"sent\"} 1\n# TYPE h histogram\nh_bucket{far=\"x\",le=\"1\"} 1\nh_bucket{far=\"x\",le=\"+Inf\"} 1\nh_sum{far=\"x\"} 1\nh_count{far=\"x\"} 1\n")
	for expr, want := range map[string]string{
		"sum by (far) (rate(a_total[5m]))":                                           "",
		`a_total{result="sent",far=~"tele.*"}`:                                       "",
		"histogram_quantile(0.9, sum by (far, le) (rate(h_bucket[1m])))":             "",
		"sum by (far) (rate(b_total[5m]))":                                           "no series b_total",
		`a_total{result="failed"}`:                                                   `no series of a_total has result="failed"`,
		`a_total{why="x"}`:                                                           "a_total has no label why",
		"sum by (network) (a_total)":                                                 "a_total has no label network",
		"a_total / on (channel) a_total":                                             "a_total has no label channel",
		"sum by (far) (rate(a_total[5m])":                                            "parse error",
		`label_replace(a_total, "x", "$1", "far", "(.+)") > 0 unless on (x) a_total`: "a_total has no label x",
	} {
		got := strings.Join(p.problems(expr), "; ")
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}

// TestEveryAlertSaysWhatToDo: its chapter is in deploy/README.md.
func TestEveryAlertSaysWhatToDo(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^#+ (.+)$`).FindAllStringSubmatch(string(readme), -1) {
		anchors[strings.ReplaceAll(strings.ToLower(strings.NewReplacer(",", "", "'", "", "`", "").Replace(m[1])), " ", "-")] = true
	}
	tests, err := os.ReadFile("rules_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range ruleFile(t).Groups {
		for _, r := range g.Rules {
			chapter, ok := strings.CutPrefix(r.Annotations["runbook_url"], "https://github.com/bonychat/puente/blob/main/deploy/README.md#")
			if !ok || !anchors[chapter] {
				t.Errorf("%s: deploy/README.md has no chapter %q", r.Alert, chapter)
			}
			if r.Annotations["summary"] == "" || r.Annotations["description"] == "" {
				t.Errorf("%s: summary or description is missing", r.Alert)
			}
			if s := r.Labels["severity"]; s != "page" && s != "ticket" {
				t.Errorf("%s: severity %q", r.Alert, s)
			}
			if !strings.Contains(string(tests), "alertname: "+r.Alert+"\n") {
				t.Errorf("%s: rules_test.yaml does not test it", r.Alert)
			}
		}
	}
}
