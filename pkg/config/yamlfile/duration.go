package yamlfile

import (
	"fmt"
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
