package attachments

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/bonychat/puente/pkg/provider/httpclient"
	"github.com/bonychat/puente/pkg/provider/internal/fetched"
	"github.com/bonychat/puente/pkg/provider/outcome"
	"github.com/bonychat/puente/pkg/reason"
)

// spent tries until nothing is left, each failing so at once, and returns how often and for how long.
func spent(t *testing.T, err error) (n int, took time.Duration) {
	t.Helper()
	now := time.Now()
	var tried Tries
	for began := now; ; {
		tried.begin(now)
		pause, ok := tried.again(outcome.Classify(err), now)
		if !ok {
			return tried.n, now.Sub(began)
		}
		if now = now.Add(pause); tried.n > 100 {
			t.Fatal("tried without end")
		}
	}
}

func TestAFileThatCannotBeHadIsTriedWithinABound(t *testing.T) {
	t.Parallel()
	status := func(code int) error {
		return (&httpclient.Stream{Status: code, Header: http.Header{}}).NoFile(reason.Untranslated("no file"))
	}
	for name, test := range map[string]struct {
		err      error
		longest  time.Duration
		most     int
		fewerAre bool // one try is not enough
	}{
		"gone for good":         {outcome.Reject(reason.Untranslated("gone"), nil), 0, 1, false},
		"a dead credential":     {outcome.Suspend(reason.Untranslated("401"), nil), 0, 1, false},
		"not found":             {status(404), fetched.GoneFor, 6, true},
		"forbidden":             {status(403), fetched.GoneFor, 6, true},
		"moved":                 {status(302), fetched.GoneFor, 6, true},
		"an outage":             {status(503), longest, 10, true},
		"no connection":         {outcome.Temporary(reason.Untranslated("away"), nil), longest, 10, true},
		"no answer":             {outcome.Uncertain(errors.New("lost")), longest, 10, true},
		"told to wait a second": {outcome.Wait(time.Second, outcome.Contact, nil), longest, 61, true},
		"told to wait a day":    {outcome.Wait(24*time.Hour, outcome.Contact, nil), longest, 2, true},
		"nobody classified":     {errors.New("a fault"), longest, 10, true},
	} {
		n, took := spent(t, test.err)
		if n > test.most || took > test.longest || test.fewerAre && n < 2 {
			t.Errorf("%s: %d tries in %s", name, n, took)
		}
	}
}
