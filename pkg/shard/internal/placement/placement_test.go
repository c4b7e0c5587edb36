package placement

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bonychat/puente/pkg/topology"
)

// TestPlacement simulates how evenly work spreads, with the functions that the bridge itself uses: channels over the
// partitions of a stream, partitions over the processes of a service, channels over several bridges. The tables in
// deploy/README.md, "Beyond one machine", are what it logs (-v). The traffic of channels is uneven as in life: the
// busiest has a share of 1/n of what all have, the second of a half of that, and so on (Zipf's law with exponent 1),
// or all have the same.
func TestPlacement(t *testing.T) {
	t.Parallel()
	const runs = 200
	random := rand.New(rand.NewPCG(1, 2)) // the same figures in each run

	t.Log("busiest of 16 partitions, in times the mean (median and 95th of 100 of the runs)")
	for _, c := range []struct {
		channels int
		zipf     bool
		bound    float64 // of the median
	}{{100, false, 2}, {1000, false, 1.4}, {10000, false, 1.15}, {100, true, 4.5}, {1000, true, 3.5}, {10000, true, 3}} {
		median, high := busiest(runs, func() []float64 {
			load := make(map[string]float64)
			for i := range c.channels {
				load[topology.EgressPartition("sms", channelID(random))] += weight(i, c.zipf)
			}
			return sums(load, topology.EgressPartitions)
		})
		t.Logf("%6d channels, %s: %.2f and %.2f", c.channels, traffic(c.zipf), median, high)
		if median > c.bound {
			t.Errorf("%d channels, %s: the busiest partition has %.2f times the mean, want at most %.2f", c.channels, traffic(c.zipf), median, c.bound)
		}
	}

	t.Log("busiest process of a service, in times the mean, all partitions alike; and the partitions of others that move when one more comes")
	for _, processes := range []int{2, 3, 4, 8, 16} {
		var names []string
		for _, p := range topology.PartitionsOf(topology.Egress("sms")) {
			names = append(names, p.Name)
		}
		moved := 0.0
		median, high := busiest(runs, func() []float64 {
			members, load := map[string]bool{}, map[string]float64{}
			for range processes {
				members[fmt.Sprintf("egress-sms-%08x", random.Uint32())] = true
			}
			before := Spread("unit.egress-sms.", names, members)
			for _, owner := range before {
				load[owner]++
			}
			newcomer := fmt.Sprintf("egress-sms-%08x", random.Uint32())
			members[newcomer] = true
			for name, owner := range Spread("unit.egress-sms.", names, members) {
				if owner != newcomer && owner != before[name] {
					moved++
				}
			}
			return sums(load, processes)
		})
		moved /= runs
		t.Logf("%3d processes: %.2f and %.2f; %.1f of 16 move from one that stays to another that stays", processes, median, high, moved)
		room := math.Ceil(16 / float64(processes))
		if even := room * float64(processes) / 16; high > even+0.001 {
			t.Errorf("%d processes: the busiest has %.2f times the mean, want at most %.2f", processes, high, even)
		}
		if moved > 3 {
			t.Errorf("%d processes and one more: %.1f of 16 partitions move between the others", processes, moved)
		}
	}

	t.Log("busiest of several bridges with 10,000 channels, in times the mean; and the channels that move when one more comes")
	for bridges := 2; bridges <= 5; bridges++ {
		few, more := map[string]bool{}, map[string]bool{}
		for i := range bridges + 1 {
			if more[fmt.Sprintf("bridge-%d", i)] = true; i < bridges {
				few[fmt.Sprintf("bridge-%d", i)] = true
			}
		}
		moved := 0.0
		median, high := busiest(runs/10, func() []float64 {
			load := map[string]float64{}
			for i := range 10000 {
				id := channelID(random)
				load[Rendezvous(id, few)] += weight(i, true)
				if Rendezvous(id, few) != Rendezvous(id, more) {
					moved++
				}
			}
			return sums(load, bridges)
		})
		moved /= runs / 10 * 10000
		t.Logf("%d bridges: %.2f and %.2f; %.0f %% of the channels move to one more", bridges, median, high, 100*moved)
		if want := 1 / float64(bridges+1); math.Abs(moved-want) > 0.02 || median > 1.6 {
			t.Errorf("%d bridges: the busiest has %.2f times the mean, %.2f move, want %.2f", bridges, median, moved, want)
		}
	}
}

// busiest is the median and the 95th percentile, over the runs, of how often the busiest has what each has on average.
func busiest(runs int, run func() []float64) (median, high float64) {
	worst := make([]float64, runs)
	for i := range worst {
		loads := run()
		total := 0.0
		for _, l := range loads {
			total += l
		}
		worst[i] = slices.Max(loads) * float64(len(loads)) / total
	}
	slices.Sort(worst)
	return worst[runs/2], worst[runs*95/100]
}

// sums are the loads of n places; those without one have none.
func sums(load map[string]float64, n int) []float64 {
	all := make([]float64, 0, n)
	for _, l := range load {
		all = append(all, l)
	}
	return append(all, make([]float64, n-len(all))...)
}

// weight is the traffic of the channel with the i-th most.
func weight(i int, zipf bool) float64 {
	if zipf {
		return 1 / float64(i+1)
	}
	return 1
}

func traffic(zipf bool) string {
	if zipf {
		return "uneven traffic"
	}
	return "even traffic"
}

func channelID(random *rand.Rand) string { return fmt.Sprintf("channel-%016x", random.Uint64()) }
