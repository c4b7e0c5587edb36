package fit

import (
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/gsm7"
	"github.com/bonychat/puente/pkg/provider"
)

// meter is a limit and what a rune takes of it.
type meter struct {
	limit int
	cost  func(rune) int
	// other is the limit of a text that holds a rune without a place in GSM-7 (its cost is 0), in UTF-16 units; 0 where
	// every rune counts in the same way.
	other int
}

// measure is how a text is counted. A byte that is not valid UTF-8 counts as the replacement character.
func measure(limit int, unit provider.Unit) meter {
	switch unit {
	case provider.Bytes:
		return meter{limit: limit, cost: utf8.RuneLen}
	case provider.GSM7:
		return meter{limit: limit, cost: gsm7.Septets, other: ucs2(limit)}
	default:
		return meter{limit: limit, cost: units}
	}
}

// tally counts a text, rune by rune.
type tally struct {
	meter
	size   int
	units  int
	others bool // it holds a rune without a place in GSM-7
}

// take counts one more rune, and says whether all so far fits.
func (t *tally) take(r rune) bool {
	cost := t.cost(r)
	t.size += cost
	if t.other > 0 {
		t.units += units(r)
		t.others = t.others || cost == 0
	}
	if t.others {
		return t.units <= t.other
	}
	return t.size <= t.limit
}

// half says whether so much, counted before, is half of what fits by the alphabet that is needed now.
func (t *tally) half(before tally) bool {
	if t.others {
		return 2*before.units >= t.other
	}
	return 2*before.size >= t.limit
}

// ucs2 is how many UTF-16 units go into as many messages as limit septets do: one message holds 160 septets or 70
// units; of several that a phone joins, each loses six bytes to its header and holds 153 or 67.
// https://www.etsi.org/deliver/etsi_ts/123000_123099/123040/ (9.2.3.24.1)
func ucs2(limit int) int {
	const single = 160
	if limit > single {
		return limit * 67 / 153
	}
	return max(1, limit*70/single)
}

// fits says whether a text takes at most limit; 0 is no limit.
func fits(text string, limit int, unit provider.Unit) bool {
	if limit <= 0 {
		return true
	}
	if unit != provider.GSM7 && len(text) <= limit { // no unit counts more than the bytes
		return true
	}
	t := tally{meter: measure(limit, unit)}
	for _, r := range text {
		if !t.take(r) {
			return false
		}
	}
	return true
}

// units are the UTF-16 code units of a rune.
func units(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}
