package meter

import (
	"context"
	"sort"

	"github.com/prometheus/client_golang/prometheus"
)

// histogram is one histogram, in seconds, with the names of its labels.
type histogram struct {
	bounds []float64
	series *sets[*distribution]
}

// distribution is one series of a histogram.
type distribution struct {
	prometheus.Histogram
	exemplars []exemplar // one for each bound, which belongs to it, and one for what is above
}

func (m *Meter) histogram(name, what string, bounds []float64, labels ...string) histogram {
	h := histogram{bounds, newSets(m.service, labels, func(l prometheus.Labels) *distribution {
		return &distribution{
			Histogram: prometheus.NewHistogram(prometheus.HistogramOpts{Name: name, Help: what, ConstLabels: l, Buckets: bounds}),
			exemplars: make([]exemplar, len(bounds)+1),
		}
	})}
	m.figures = append(m.figures, h.series)
	return h
}

func (h histogram) measure(ctx context.Context, seconds float64, values values) {
	seconds = max(seconds, 0) // a clock may have been set back
	s := h.series.of(values)
	if span, ok := sampled(ctx); ok {
		e := &s.exemplars[sort.SearchFloat64s(h.bounds, seconds)]
		s.Histogram.(prometheus.ExemplarObserver).ObserveWithExemplar(seconds, e.of(span))
		return
	}
	s.Observe(seconds)
}
