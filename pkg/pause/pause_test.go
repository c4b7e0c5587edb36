package pause_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bonychat/puente/pkg/pause"
)

func TestItWaitsSoLongAndNoLongerThanTheContext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name           string
		pause, context time.Duration // 0 for a context without an end
		want           time.Duration
		err            error
	}{
		{"to its end", time.Hour, 0, time.Hour, nil},
		{"for nothing", 0, 0, 0, nil},
		{"for less than nothing", -time.Hour, 0, 0, nil},
		{"until the context ends", time.Hour, time.Minute, time.Minute, context.DeadlineExceeded},
		{"less than the context", time.Minute, time.Hour, time.Minute, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				if test.context > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.context)
				}
				defer cancel()
				began := time.Now() // by the clock of the bubble
				err := pause.For(ctx, test.pause)
				if took := time.Since(began); took != test.want || !errors.Is(err, test.err) {
					t.Errorf("%s, %v", took, err)
				}
			})
		})
	}
}
