package cli

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Check adds what has to hold of a command's flags before anything is asked.
func Check(c *cobra.Command, holds func() error) {
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if before != nil {
			if err := before(c, args); err != nil {
				return err
			}
		}
		if err := holds(); err != nil {
			return Usage(c, "%v", err)
		}
		return nil
	}
}

// BecauseFlag adds what is recorded as the reason of an order.
func BecauseFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "because", "", "`why`, for those who read the record of who did what; at most 200 characters")
	NoFiles(c, "because")
}

// Since is a flag's value that it writes to: a duration, "90m", "24h", or days, "7d".
func Since(to *time.Duration) pflag.Value { return since{to} }

// since is a flag's value: a duration, "90m", "24h", or days, "7d".
type since struct{ to *time.Duration }

func (s since) String() string {
	if s.to == nil || *s.to == 0 {
		return ""
	}
	return s.to.String()
}

func (s since) Type() string { return "duration" }

func (s since) Set(text string) error {
	d, err := duration(text)
	if err != nil {
		return err
	}
	*s.to = d
	return nil
}

// duration reads a duration that is longer than nothing.
func duration(text string) (time.Duration, error) {
	var d time.Duration
	if days, ok := cutDays(text); ok {
		d = days
	} else {
		var err error
		if d, err = time.ParseDuration(text); err != nil {
			return 0, fmt.Errorf("%q is no duration: it looks like 90m, 24h or 7d", text)
		}
	}
	if d <= 0 {
		return 0, fmt.Errorf("%q: a duration is longer than nothing", text)
	}
	return d, nil
}

// mostDays is as far back as anything is kept, and more.
const mostDays = 10_000

func cutDays(text string) (time.Duration, bool) {
	if len(text) < 2 || text[len(text)-1] != 'd' {
		return 0, false
	}
	days, err := strconv.ParseFloat(text[:len(text)-1], 64)
	if err != nil || days > mostDays || days != days {
		return 0, false
	}
	return time.Duration(days * 24 * float64(time.Hour)), true
}

// SinceFlag adds --since.
func SinceFlag(c *cobra.Command, to *time.Duration, usage string) {
	c.Flags().Var(since{to}, "since", usage)
	NoFiles(c, "since")
}

// ChannelFlag adds --channel, completed from the bridge.
func ChannelFlag(c *cobra.Command, to *string, usage string) {
	c.Flags().StringVar(to, "channel", "", usage)
	Completes(c, "channel", ChannelsThere)
}
