package history

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJudge breaks a sound book in one way at a time: the judge must see each, and nothing else.
func TestJudge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(b *History)
		want  []string // how each line of what is broken begins
	}{
		{name: "sound", spoil: func(*History) {}},

		{name: "a message outbound is lost", want: []string{"1 lost outbound"}, spoil: func(b *History) {
			b.Arrivals = slices.DeleteFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == out && a.Seq == 4 })
		}},
		{name: "a whole lane is lost", want: []string{"10 lost inbound"}, spoil: func(b *History) {
			b.Arrivals = slices.DeleteFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == in })
		}},
		{name: "two change places", want: []string{"1 out of order outbound"}, spoil: func(b *History) {
			b.Arrivals[6].Seq, b.Arrivals[8].Seq = b.Arrivals[8].Seq, b.Arrivals[6].Seq
		}},
		{name: "what was not accepted has no order", spoil: func(b *History) {
			b.Accepted = slices.DeleteFunc(b.Accepted, func(a Accepted) bool { return a.Lane == out && a.Seq == 4 })
			b.Arrivals[6].Seq, b.Arrivals[8].Seq = b.Arrivals[8].Seq, b.Arrivals[6].Seq
		}},
		{name: "what was not accepted comes late, and twice", spoil: func(b *History) {
			b.Accepted = slices.DeleteFunc(b.Accepted, func(a Accepted) bool { return a.Lane == out && a.Seq == 4 })
			b.Arrivals[6].Seq, b.Arrivals[8].Seq = b.Arrivals[8].Seq, b.Arrivals[6].Seq
			again(b, out, 4, at(5.2), func(first, _ *Arrival) { first.Unanswered = true })
		}},
		{name: "a repeat comes behind another", want: []string{"1 out of order outbound"}, spoil: func(b *History) {
			again(b, out, 4, at(5.2), func(first, _ *Arrival) { first.Unanswered = true })
		}},
		{name: "nothing was sent", want: []string{"nothing was accepted outbound", "nothing was accepted inbound"}, spoil: func(b *History) {
			b.Accepted, b.Arrivals, b.Statuses = nil, nil, nil
		}},

		{name: "doubled without a cause", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *History) {
			again(b, out, 2, at(2.5), nil)
		}},
		{name: "doubled after a lost answer", spoil: func(b *History) {
			again(b, out, 2, at(2.5), func(first, _ *Arrival) { first.Unanswered = true })
		}},
		{name: "doubled after a lost answer that the network's key covers", spoil: func(b *History) {
			b.Idempotency = true
			again(b, out, 2, at(2.5), func(first, _ *Arrival) { first.Unanswered = true })
		}, want: []string{"1 doubled outbound, after a lost answer, though the network honours the key"}},
		{name: "its outcome was stored when the process was killed", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *History) {
			again(b, out, 5, at(5.9), nil)
		}},
		{name: "in flight at the kill", spoil: func(b *History) { again(b, out, 5, at(5.9), unstored) }},
		{name: "in flight at the kill, and seen long after", spoil: func(b *History) {
			again(b, out, 10, at(90), func(first, repeat *Arrival) {
				first.Process = "up-1#1"
				unstored(first, repeat)
			})
		}},
		{name: "in flight at the kill of another process", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *History) {
			b.Disruptions[0].Process = "egress-phone-2#1"
			again(b, out, 5, at(5.9), unstored)
		}},
		{name: "twice for one kill", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *History) {
			again(b, out, 5, at(5.8), unstored)
			again(b, out, 5, at(5.9), unstored)
		}},
		{name: "written before the kill, read after what follows", spoil: func(b *History) {
			again(b, out, 6, at(7.5), func(first, repeat *Arrival) {
				repeat.Process = "up-1#1"
				unstored(first, repeat)
			})
		}},
		{name: "nobody waited for the answer any more", spoil: func(b *History) {
			again(b, out, 2, at(2.5), func(first, _ *Arrival) { first.Gone = true })
		}},
		{name: "another did not wait for the answer", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *History) {
			again(b, out, 2, at(2.5), func(first, repeat *Arrival) { first.Gone, repeat.Process = true, "up-2#1" })
		}},
		{name: "the head is doubled after what follows it", want: []string{"1 out of order outbound"}, spoil: func(b *History) {
			again(b, out, 5, at(6.5), func(first, repeat *Arrival) {
				repeat.Process = "up-1#2"
				unstored(first, repeat)
			})
		}},
		{name: "doubled at a hand-over", want: []string{"1 doubled inbound, at a hand-over"}, spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Roll, Process: "up-1#1", At: at(3.2), Until: at(3.4)})
			again(b, in, 3, at(3.3), unstored)
		}},
		{name: "a frozen process sends what another has sent", spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Pause, Process: "egress-phone-1#1", At: at(1), Until: at(8)})
			again(b, out, 6, at(8.1), func(first, repeat *Arrival) {
				repeat.Process = "egress-phone-1#1"
				unstored(first, repeat)
			})
		}},
		{name: "a frozen process sends what was finished before", want: []string{"1 out of order outbound", "1 doubled outbound, unexplained"}, spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Pause, Process: "egress-phone-1#1", At: at(7), Until: at(8)})
			again(b, out, 6, at(8.1), func(_, repeat *Arrival) { repeat.Process = "egress-phone-1#1" })
		}},
		{name: "doubled by an election", spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: NodeKill, Process: "nats-1#1", At: at(1), Until: at(4)})
			again(b, out, 3, at(3.5), unstored)
		}},
		{name: "doubled long after an election", want: []string{"1 doubled outbound, unexplained"}, spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: NodeKill, Process: "nats-1#1", At: at(1), Until: at(3)})
			again(b, out, 4, at(4.5), unstored)
		}},
		{name: "the platform gets it under another id", spoil: func(b *History) {
			again(b, in, 2, at(2.5), func(first, repeat *Arrival) { first.Unanswered, repeat.ID = true, "other" })
		}, want: []string{"1 doubled inbound under another id"}},

		{name: "a receipt goes backwards", want: []string{"1 (1 undisturbed) receipts going backwards"}, spoil: func(b *History) {
			b.Statuses[0], b.Statuses[1] = b.Statuses[1], b.Statuses[0]
		}},
		{name: "failed after delivered", want: []string{"1 (1 undisturbed) receipts going backwards"}, spoil: func(b *History) {
			b.Statuses = append(b.Statuses, status("m1", failed, 3))
			b.Told = append(b.Told, Told{"m1", failed, at(2)})
		}},
		{name: "delivered after failed", want: []string{"1 (1 undisturbed) receipts going backwards"}, spoil: func(b *History) {
			b.Statuses[1].Value = failed
			b.Statuses = append(b.Statuses, status("m1", "delivered", 3))
			b.Told = append(b.Told, Told{"m1", failed, at(2)})
		}},
		{name: "a frozen process tells what another has gone beyond", spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Pause, Process: "egress-bonychat-1#1", At: at(1.5), Until: at(4)})
			b.Statuses[0].Stored = at(2.01)
			s := b.Statuses[0]
			s.Process, s.Begun, s.At = "egress-bonychat-1#1", at(3.9), at(3.9)
			b.Statuses = append(b.Statuses, s)
		}},
		{name: "a receipt is repeated behind the next", want: []string{"1 (1 undisturbed) receipts going backwards"}, spoil: func(b *History) {
			b.Statuses[0].Unanswered = true
			b.Statuses = append(b.Statuses, status("m1", "sent", 2.3))
		}},
		{name: "a receipt is repeated", want: []string{"1 receipts repeated, unexplained"}, spoil: func(b *History) {
			b.Statuses = append(b.Statuses, status("m1", "delivered", 2.3))
		}},
		{name: "a receipt is repeated after a lost answer", spoil: func(b *History) {
			b.Statuses[1].Unanswered = true
			b.Statuses = append(b.Statuses, status("m1", "delivered", 2.3))
		}},
		{name: "a message has no receipt", want: []string{"1 (1 undisturbed) messages without their receipts"}, spoil: func(b *History) {
			b.Statuses = slices.DeleteFunc(b.Statuses, func(s Status) bool { return s.MID == "m3" })
		}},
		{name: "the last receipt is lost", want: []string{"1 (1 undisturbed) messages without their receipts"}, spoil: func(b *History) {
			b.Told = append(b.Told, Told{"m3", "read", at(4)})
		}},
		{name: "a failure is not told", want: []string{"1 (1 undisturbed) messages without their receipts"}, spoil: func(b *History) {
			b.Told = append(slices.DeleteFunc(b.Told, func(t Told) bool { return t.MID == "m3" }), Told{"m3", "sent", at(3.2)}, Told{"m3", failed, at(3.3)})
			b.Statuses = slices.DeleteFunc(b.Statuses, func(s Status) bool { return s.MID == "m3" && s.Value == "delivered" })
		}},
		{name: "a failure is told that nobody saw", want: []string{"1 (1 undisturbed) messages without their receipts"}, spoil: func(b *History) {
			b.Statuses = append(slices.DeleteFunc(b.Statuses, func(s Status) bool { return s.MID == "m3" }), status("m3", failed, 4))
		}},

		{name: "a healthy contact waits", want: []string{"a healthy contact's message waited 10s (undisturbed)"}, spoil: func(b *History) {
			b.Disruptions, b.Asked = nil, nil
			b.Arrivals[len(b.Arrivals)-1].At = at(20)
		}},
		{name: "a healthy contact waits long after a kill", want: []string{"a healthy contact's message waited 9.5s (kill)"}, spoil: func(b *History) {
			b.Arrivals[len(b.Arrivals)-1].At = at(19.5)
			b.Disruptions[0].At, b.Disruptions[0].Until = at(10), at(11)
		}},
		{name: "a healthy contact waits while one of two stops", want: []string{"a healthy contact's message waited 2.1s (roll)"}, spoil: func(b *History) {
			b.Disruptions = append(b.Disruptions, Disruption{Kind: Roll, Process: "egress-phone-1#1", At: at(20.1), Until: at(21)})
			for _, lane := range []Lane{out, in} {
				i := slices.IndexFunc(b.Accepted, func(a Accepted) bool { return a.Lane == lane && a.Seq == 10 })
				j := slices.IndexFunc(b.Arrivals, func(a Arrival) bool { return a.Lane == lane && a.Seq == 10 })
				b.Accepted[i].At, b.Arrivals[j].At = at(20), at(20.3)
				if lane == in {
					b.Arrivals[j].At = at(22.1)
				}
			}
			b.Statuses[len(b.Statuses)-2].At, b.Statuses[len(b.Statuses)-1].At = at(21.1), at(21.2)
		}},
		{name: "a receipt of a healthy contact waits", want: []string{"a healthy contact's receipt waited 9.5s (undisturbed)"}, spoil: func(b *History) {
			b.Disruptions, b.Asked = nil, nil
			b.Statuses[len(b.Statuses)-1].At = at(20.5)
		}},
		{name: "a contact with faults waits", spoil: func(b *History) {
			b.Healthy = map[Lane]bool{out: true}
			b.Arrivals[len(b.Arrivals)-1].At = at(60)
		}},

		{name: "a kill did not happen", want: []string{"0 of 1 asked for happened: kill"}, spoil: func(b *History) { b.Disruptions = nil }},
		{name: "a kill hit nothing", want: []string{"nothing was under way at any kill"}, spoil: func(b *History) { b.Disruptions[0].Open = 0 }},
		{name: "a fault did not happen", want: []string{"a fault that was asked for did not happen: phone: 5xx"}, spoil: func(b *History) { b.Faults = nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := sound()
			c.spoil(b)
			v := b.Judge()
			got := v.Complaints()
			if len(got) == len(c.want) {
				for i, want := range c.want {
					if strings.HasPrefix(got[i], want) {
						got[i] = want
					}
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
