package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// page is what /metrics showed: the label sets of each series, by its name. What Prometheus adds to each is not there.
type page struct {
	text   string
	series map[string][]map[string]string
}

// added are labels that Prometheus puts on all that it reads.
var added = []string{"instance", "job"}

// rare are labels, and values of labels, that stand on a page only after what no run of a test can be made to meet.
var rare = map[string][]string{
	"error_type":                nil,     // a service failed to handle an entry
	"http_response_status_code": {"503"}, // the store is full
	"fault":                     {"contact", "agent", "setup", "network", "puente"},
}

func parsed(t *testing.T, text string) page {
	t.Helper()
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := page{text: text, series: map[string][]map[string]string{}}
	for name, f := range families {
		for _, m := range f.GetMetric() {
			of := map[string]string{}
			for _, l := range m.GetLabel() {
				of[l.GetName()] = l.GetValue()
			}
			names := []string{name}
			if f.GetType() == dto.MetricType_HISTOGRAM {
				names = []string{name + "_sum", name + "_count"}
				bucket := map[string]string{"le": "+Inf"}
				for k, v := range of {
					bucket[k] = v
				}
				out.series[name+"_bucket"] = append(out.series[name+"_bucket"], bucket)
			}
			for _, n := range names {
				out.series[n] = append(out.series[n], of)
			}
		}
	}
	return out
}

// values are those that a label of a series has, sorted.
func (p page) values(series, label string) (all []string) {
	for _, of := range p.series[series] {
		all = append(all, of[label])
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// problems is what of an expression the page does not answer.
func (p page) problems(text string) (all []string) {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(text)
	if err != nil {
		return []string{"parse error: " + err.Error()}
	}
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			all = append(all, p.selects(n)...)
		case *parser.AggregateExpr:
			all = append(all, p.labelled(n.Expr, n.Grouping)...)
		case *parser.BinaryExpr:
			if n.VectorMatching != nil {
				all = append(all, p.labelled(n.LHS, n.VectorMatching.MatchingLabels)...)
				all = append(all, p.labelled(n.RHS, n.VectorMatching.MatchingLabels)...)
			}
		}
		return nil
	})
	slices.Sort(all)
	return slices.Compact(all)
}

// selects says what a selector finds nothing for. A value that must not be is no problem where it is not there.
func (p page) selects(s *parser.VectorSelector) (all []string) {
	found := p.series[s.Name]
	if len(found) == 0 {
		return []string{"no series " + s.Name}
	}
	for _, m := range s.LabelMatchers {
		if m.Name == labels.MetricName {
			continue
		}
		if !slices.ContainsFunc(found, func(of map[string]string) bool { _, ok := of[m.Name]; return ok }) {
			all = append(all, s.Name+" has no label "+m.Name)
			continue
		}
		positive := (m.Type == labels.MatchEqual || m.Type == labels.MatchRegexp) && !slices.ContainsFunc(rare[m.Name], m.Matches)
		if positive && !slices.ContainsFunc(found, func(of map[string]string) bool { return m.Matches(of[m.Name]) }) {
			all = append(all, fmt.Sprintf("no series of %s has %s", s.Name, m))
		}
	}
	return all
}

// labelled says which of these labels no series has that an expression reads.
func (p page) labelled(expr parser.Expr, names []string) (all []string) {
	made := map[string]bool{}
	var read []string
	parser.Inspect(expr, func(n parser.Node, _ []parser.Node) error {
		switch n := n.(type) {
		case *parser.VectorSelector:
			read = append(read, n.Name)
		case *parser.Call: // label_replace makes its second argument
			if n.Func.Name == "label_replace" {
				made[n.Args[1].(*parser.StringLiteral).Val] = true
			}
		}
		return nil
	})
	for _, name := range names {
		if _, ok := rare[name]; ok || made[name] || slices.Contains(added, name) {
			continue
		}
		for _, of := range read {
			if !slices.ContainsFunc(p.series[of], func(s map[string]string) bool { _, ok := s[name]; return ok }) {
				all = append(all, of+" has no label "+name)
			}
		}
	}
	return all
}
