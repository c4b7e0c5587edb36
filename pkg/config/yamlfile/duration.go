package yamlfile

import (
	"fmt"
	"time"
)

// Duration is a time within bounds, such as 30s; nil where it is not set.
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
