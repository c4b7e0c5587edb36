package yamlfile

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Duration is a time from least to most, as Go writes it: 30s, 1h30m. nil where it is missing, and where a mistake was reported.
func (p Place) Duration(least, most time.Duration) *time.Duration {
	allowed := fmt.Sprintf("a time from %s to %s, such as 30s", least, most)
	s, _ := p.Scalar("!!str", allowed)
	if s == "" {
		return nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d < least || d > most {
		p.Wrong("must be %s", allowed)
		return nil
	}
	return &d
}

// units of a size, as the broker counts them.
var units = []struct {
	name  string
	bytes int64
}{{"MB", 1 << 20}, {"GB", 1 << 30}, {"TB", 1 << 40}}

// Bounds of a size.
const (
	leastSize = 64 << 20
	mostSize  = 1 << 50
)

// Size is a number of bytes from 64 MB to 1024 TB, with its unit: 20GB. 0 where it is missing, and where a mistake was reported.
func (p Place) Size() int64 {
	const allowed = "a size from 64MB to 1024TB, such as 20GB"
	s, _ := p.Scalar("!!str", allowed)
	if s == "" {
		return 0
	}
	for _, u := range units {
		if number, ok := strings.CutSuffix(s, u.name); ok {
			n, err := strconv.ParseUint(strings.TrimSpace(number), 10, 32)
			if bytes := int64(n) * u.bytes; err == nil && int64(n) <= mostSize/u.bytes && bytes >= leastSize {
				return bytes
			}
		}
	}
	p.Wrong("must be %s", allowed)
	return 0
}
