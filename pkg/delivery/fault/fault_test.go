package fault

import (
	"testing"
	"time"
)

func TestARefusalSuspendsWhereNobodyGetsThrough(t *testing.T) {
	t.Parallel()
	type refusal struct {
		lane            string
		lately          bool
		counts, suspend bool
	}
	for name, life := range map[string][]refusal{
		"nothing was taken lately":                {{"ann", false, true, true}},
		"one contact, once":                       {{"ann", true, true, false}},
		"one contact again, nothing taken":        {{"ann", true, true, false}, {"ann", true, true, true}},
		"several contacts in a row":               {{"a", true, true, false}, {"b", true, true, false}, {"c", true, true, false}, {"d", true, true, false}, {"e", true, true, true}},
		"one contact while others are taken":      {{"ann", true, true, false}, {lane: ""}, {"ann", true, false, false}, {"ann", true, false, false}},
		"that contact, when nothing is taken now": {{"ann", true, true, false}, {lane: ""}, {"ann", false, true, true}},
	} {
		var f Refusals
		for i, r := range life {
			if r.lane == "" {
				f.Taken("somebody")
				continue
			}
			if counts, suspends := f.Refused(r.lane, r.lately); counts != r.counts || suspends != r.suspend {
				t.Errorf("%s, refusal %d: counts %v, suspends %v", name, i, counts, suspends)
			}
		}
	}
	var f Refusals
	f.Refused("ann", true)
	f.Refused("eve", true)
	if f.Steps("bob") != 0 || f.Steps("ann") != 1 || f.Steps("eve") != 2 {
		t.Errorf("bob steps aside %d times, ann %d, eve %d", f.Steps("bob"), f.Steps("ann"), f.Steps("eve"))
	}
	f.Taken("eve")
	if f.Fresh() {
		t.Error("who was refused while others are taken is forgotten")
	}
	f.Taken("ann")
	if !f.Fresh() {
		t.Error("who was taken is still known as refused")
	}
}

func TestAMessageIsAtFaultWhenOthersAreTakenAgainAndAgain(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var a Alone
	for i, test := range []struct {
		taken        uint64
		after        time.Duration
		enough, over bool
	}{
		{10, 0, false, false},
		{10, time.Hour, false, false}, // nobody was taken in between
		{11, time.Hour, false, false}, // once: from here the time counts
		{15, time.Hour + time.Second, false, false},
		{16, time.Hour + 2*time.Second, true, false},
		{16, time.Hour + time.Minute, true, true},
	} {
		at := now.Add(test.after)
		a.Again(test.taken, at)
		if a.Enough() != test.enough || a.Over(time.Minute, at) != test.over {
			t.Errorf("%d: enough %v, over %v", i, a.Enough(), a.Over(time.Minute, at))
		}
	}
}
