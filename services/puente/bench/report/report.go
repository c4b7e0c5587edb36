// Package report is what a bench has found: rows of measures with their goals, as a table for people and as JSON. It measures nothing.
//
//	r := report.Report{Rows: []report.Row{report.Compared("CPU per message", "1 server", 1.5, "µs", 3000, bridge, floor)}}
//	r.Print(os.Stdout)
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Report is what a run found.
type Report struct {
	CPUs   int           `json:"cpus"`
	System string        `json:"system"`
	Go     string        `json:"go"`
	Took   time.Duration `json:"took"` // nanoseconds
	Rows   []Row         `json:"rows"`
	// Failed are measures that could not be taken, each with why.
	Failed []string `json:"failed,omitempty"`
}

// Row is one measure with one setup.
type Row struct {
	Measure string `json:"measure"`
	Setup   string `json:"setup"`
	// Value is compared with the goal: a ratio, or a figure in Unit. It is the median of Rounds.
	Value  float64   `json:"value"`
	Unit   string    `json:"unit"`
	Rounds []float64 `json:"rounds"`
	// Goal is the bound of Value, 0 for none; Least says that it is the lower one.
	Goal  float64 `json:"goal,omitempty"`
	Least bool    `json:"least,omitempty"`
	// Bridge and Floor are what Value is the ratio of, in Of; zero where it is none.
	Bridge float64 `json:"bridge,omitempty"`
	Floor  float64 `json:"floor,omitempty"`
	Of     string  `json:"of,omitempty"`
	// N is how many messages or channels each round's value rests on.
	N int `json:"n"`
}

// Met says that the goal is reached; where there is none, it is.
func (r Row) Met() bool {
	switch {
	case r.Goal == 0:
		return true
	case r.Least:
		return r.Value >= r.Goal
	default:
		return r.Value <= r.Goal
	}
}

// Compared is a row of ratios, round by round: of what the bridge took to what the floor took, in a unit, with n messages each.
func Compared(measure, setup string, goal float64, of string, n int, bridge, floor []float64) Row {
	r := Row{Measure: measure, Setup: setup, Goal: goal, Of: of, N: n, Bridge: Median(bridge), Floor: Median(floor)}
	for i := range min(len(bridge), len(floor)) {
		if floor[i] > 0 {
			r.Rounds = append(r.Rounds, bridge[i]/floor[i])
		}
	}
	r.Value = Median(r.Rounds)
	return r
}

// Measured is the value as people read it.
func (r Row) Measured() string {
	if r.Of == "" {
		return Figure(r.Value) + " " + r.Unit
	}
	return strconv.FormatFloat(r.Value, 'f', 2, 64)
}

func (r Row) goal() string {
	if r.Goal == 0 {
		return ""
	}
	sign := "≤ "
	if r.Least {
		sign = "≥ "
	}
	g := sign + Figure(r.Goal)
	if r.Of == "" {
		g += " " + r.Unit
	}
	return g + map[bool]string{true: ": yes", false: ": **no**"}[r.Met()]
}

func (r Row) parts() string {
	if r.Of == "" {
		return ""
	}
	return fmt.Sprintf("%s / %s %s", Figure(r.Bridge), Figure(r.Floor), r.Of)
}

func (r Row) spread() string {
	if len(r.Rounds) < 2 {
		return ""
	}
	digits := func(x float64) string {
		if r.Of == "" {
			return Figure(x)
		}
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return digits(slices.Min(r.Rounds)) + " to " + digits(slices.Max(r.Rounds))
}

// Figure is a number with three digits that mean something, and commas.
func Figure(x float64) string {
	switch {
	case x >= 1000:
		digits := strconv.FormatFloat(x, 'f', 0, 64)
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + "," + digits[i:]
		}
		return digits
	case x >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 10:
		return strings.TrimSuffix(strconv.FormatFloat(x, 'f', 1, 64), ".0")
	default:
		return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(x, 'f', 2, 64), "0"), ".")
	}
}

// Print writes the report as a table that is Markdown too.
func (r Report) Print(w io.Writer) {
	rows := [][]string{{"measure", "setup", "measured", "of", "over rounds", "n", "goal"}, {"---", "---", "---:", "---:", "---:", "---:", "---"}}
	for _, row := range r.Rows {
		rows = append(rows, []string{row.Measure, row.Setup, row.Measured(), row.parts(), row.spread(), Figure(float64(row.N)), row.goal()})
	}
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range rows {
		for i, cell := range row {
			fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(" ", widths[i]-len([]rune(cell))))
		}
		fmt.Fprintln(w, "|")
	}
	fmt.Fprintf(w, "\n%d CPUs, %s, %s, %s\n", r.CPUs, r.System, r.Go, r.Took)
	for _, f := range r.Failed {
		fmt.Fprintln(w, "not measured: "+f)
	}
}

// PrintJSON writes the report for machines.
func (r Report) PrintJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
