package report

import "testing"

func TestQuantiles(t *testing.T) {
	t.Parallel()
	hundred := make([]int, 100)
	for i := range hundred {
		hundred[i] = 100 - i
	}
	for share, want := range map[float64]int{0: 1, 0.5: 50, 0.99: 99, 1: 100} {
		if got := Quantile(hundred, share); got != want {
			t.Errorf("quantile %v is %d, want %d", share, got, want)
		}
	}
	if got := Quantile([]int{7}, 0.99); got != 7 {
		t.Errorf("of one: %d", got)
	}
	for want, of := range map[float64][]float64{2: {3, 1, 2}, 2.5: {4, 1, 2, 3}, 0: nil} {
		if got := Median(of); got != want {
			t.Errorf("median of %v is %v, want %v", of, got, want)
		}
	}
}

func TestGoals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		row  Row
		want string
	}{
		{Row{Value: 1.999, Goal: 2, Of: "µs"}, "≤ 2: yes"},
		{Row{Value: 2.01, Goal: 2, Of: "µs"}, "≤ 2: **no**"},
		{Row{Value: 3200, Goal: 3200, Least: true, Unit: "/s"}, "≥ 3,200 /s: yes"},
		{Row{Value: 3199, Goal: 3200, Least: true, Unit: "/s"}, "≥ 3,200 /s: **no**"},
		{Row{Value: 5}, ""},
	} {
		if got := c.row.goal(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.row, got, c.want)
		}
	}
	for x, want := range map[float64]string{0.123: "0.12", 1.5: "1.5", 2: "2", 12.34: "12.3", 123.4: "123", 1234567: "1,234,567"} {
		if got := Figure(x); got != want {
			t.Errorf("%v is %q, want %q", x, got, want)
		}
	}
}

func TestCompared(t *testing.T) {
	t.Parallel()
	r := Compared("CPU per message", "1 server", 1.5, "µs", 100, []float64{30, 10, 40}, []float64{20, 10, 0})
	if r.Bridge != 30 || r.Floor != 10 || len(r.Rounds) != 2 || r.Value != 1.25 || !r.Met() || r.Measured() != "1.25" || r.parts() != "30 / 10 µs" {
		t.Errorf("%+v: a ratio is of one round, and of none in which the floor took nothing", r)
	}
}
