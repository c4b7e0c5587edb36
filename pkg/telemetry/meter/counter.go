package meter

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
)

// counter is one counter with the names of its labels.
type counter struct{ series *sets[*count] }

// count is one series of a counter.
type count struct {
	prometheus.Counter
	exemplar exemplar
}

func (m *Meter) counter(name, what string, labels ...string) counter {
	c := counter{newSets(m.service, labels, func(l prometheus.Labels) *count {
		return &count{Counter: prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: what, ConstLabels: l})}
	})}
	m.figures = append(m.figures, c.series)
	return c
}

func (c counter) count(ctx context.Context, n int, values values) {
	s := c.series.of(values)
	if span, ok := sampled(ctx); ok {
		s.Counter.(prometheus.ExemplarAdder).AddWithExemplar(float64(n), s.exemplar.of(span))
		return
	}
	s.Add(float64(n))
}
