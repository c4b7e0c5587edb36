package fit

import (
	"strings"
	"unicode/utf8"

	"github.com/bonychat/puente/pkg/provider"
)

// meter is a limit and what a rune takes of it.
type meter struct {
	limit int
	cost  func(rune) int
}

// measure is how a text is counted. A byte that is not valid UTF-8 counts as the replacement character.
func measure(text string, limit int, unit provider.Unit) meter {
	switch unit {
	case provider.Bytes:
		return meter{limit, utf8.RuneLen}
	case provider.GSM7:
		for _, r := range text {
			if septets(r) == 0 {
				return meter{ucs2(limit), units}
			}
		}
		return meter{limit, septets}
	default:
		return meter{limit, units}
	}
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
	m := measure(text, limit, unit)
	size := 0
	for _, r := range text {
		if size += m.cost(r); size > m.limit {
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

// The alphabet of GSM 03.38 and its extension table, whose characters are written with an escape before them.
// https://www.etsi.org/deliver/etsi_ts/123000_123099/123038/ (6.2.1)
const (
	gsmBasic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	gsmExtension = "\f^{}\\[~]|€"
)

// gsm holds the septets of the runes below its length; the euro sign lies beyond.
var gsm = func() (table [0x400]uint8) {
	for _, r := range gsmBasic {
		table[r] = 1
	}
	for _, r := range strings.TrimSuffix(gsmExtension, "€") {
		table[r] = 2
	}
	return table
}()

// septets are what a rune takes in GSM-7, 0 where it has no place there.
func septets(r rune) int {
	switch {
	case r >= 0 && int(r) < len(gsm):
		return int(gsm[r])
	case r == '€':
		return 2
	default:
		return 0
	}
}
